"""How often a password may be wrong: ten times in fifteen minutes for an account from an address.

A try is counted before its password is looked at, so that many at once cannot slip through together; a right password
wipes its account's slate. The counts live in this process, or in the Redis that the settings name.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from threading import Lock
from typing import cast

from flask import Flask, current_app
from limits import RateLimitItemPerMinute
from limits.storage import Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

PER_ACCOUNT = RateLimitItemPerMinute(10, 15, namespace="sign-in-account")
# Over all accounts, so that one address cannot try one password on everybody.
PER_ADDRESS = RateLimitItemPerMinute(50, 15, namespace="sign-in-address")
_REDIS = {"socket_connect_timeout": 1, "socket_timeout": 1, "wrap_exceptions": True}
"""One that is away is an error within a second, as `limits.errors.StorageError`."""
# The store of counts in memory is not safe against a clear in the middle of a hit.
_GATE = Lock()


@dataclass(frozen=True)
class Attempt:
    """A try to sign in: which account, and from which network."""

    name: str
    network: str


def init_app(app: Flask, redis_url: str | None = None) -> None:
    """Keep the counts with the app, or in a Redis."""
    app.extensions["proctor_attempts"] = MovingWindowRateLimiter(open_counts(redis_url))


def open_counts(redis_url: str | None) -> Storage:
    """Open a place for counts: this process's memory, or a Redis, which is asked at the first try, not at the start."""
    storage = storage_from_string(redis_url, **_REDIS) if redis_url else storage_from_string("memory://")
    return cast("Storage", storage)  # and not one for asyncio


def describe_attempt(name: str, address: str | None) -> Attempt:
    """Name what counts as the same: any case of the name, and all 2^64 addresses of an IPv6 household."""
    return Attempt(name.casefold(), name_network(address))


def name_network(address: str | None) -> str:
    """Name an address, or the whole network of an IPv6 household."""
    address = address or ""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    is_wide = isinstance(parsed, ipaddress.IPv6Address)
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if is_wide else address


def count_attempt(attempt: Attempt) -> bool:
    """Count the try; False when there were too many before it, and then its password must not be looked at."""
    with _GATE:
        return _limiter().test(PER_ADDRESS, attempt.network) and _limiter().hit(
            PER_ACCOUNT, attempt.name, attempt.network
        )


def note_failure(attempt: Attempt) -> None:
    """Count a wrong password against the address too."""
    with _GATE:
        _limiter().hit(PER_ADDRESS, attempt.network)


def forgive_attempts(attempt: Attempt) -> None:
    """Forget the failures of this account from there: its password was right."""
    with _GATE:
        _limiter().clear(PER_ACCOUNT, attempt.name, attempt.network)


def find_next_try(attempt: Attempt) -> float:
    """Find when a refused attempt would be looked at: UTC epoch seconds."""
    account = _limiter().get_window_stats(PER_ACCOUNT, attempt.name, attempt.network)
    address = _limiter().get_window_stats(PER_ADDRESS, attempt.network)
    return max(stats.reset_time for stats in (account, address) if stats.remaining <= 0)


def _limiter() -> MovingWindowRateLimiter:
    limiter: MovingWindowRateLimiter = current_app.extensions["proctor_attempts"]
    return limiter
