"""The network is shut: a test that reaches for a host other than this machine fails, whoever asked for it."""

from __future__ import annotations

import ipaddress
import sys
from typing import Any


class NetworkForbiddenError(BaseException):
    """Not an Exception, so that code which falls back when a download fails cannot swallow it."""


def shut_network() -> None:
    """Forbid this process every host but this one, for good: an audit hook cannot be taken off."""
    sys.addaudithook(_refuse_strangers)


def _refuse_strangers(event: str, arguments: tuple[Any, ...]) -> None:
    if event in {"socket.connect", "socket.sendto"}:
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # else the path of a Unix socket
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if not is_here(host):
        raise NetworkForbiddenError(f"a test reached for {host}; tests speak to this machine alone")


def is_here(host: str | bytes | None) -> bool:
    """Whether `host` names this machine; no name is looked up for that."""
    name = host.decode() if isinstance(host, bytes) else host
    if not name or name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback or ipaddress.ip_address(name).is_unspecified
    except ValueError:
        return False
