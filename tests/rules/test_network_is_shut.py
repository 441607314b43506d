"""The guard of tests/conftest.py, seen to bite."""

import socket
from contextlib import suppress
from urllib.request import urlopen

import pytest

from tests.builders.network import NetworkForbiddenError, is_here


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
def test_no_connection_leaves_this_machine(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as sock, pytest.raises(NetworkForbiddenError, match=address):
        sock.connect((address, 80))


def fetch_carelessly(url: str) -> None:
    """Fall back on nothing when a download fails, whatever the reason."""
    with suppress(Exception):
        urlopen(url, timeout=1)  # noqa: S310 (nothing is opened)


def test_no_name_is_looked_up_and_no_fallback_swallows_the_refusal() -> None:
    with pytest.raises(NetworkForbiddenError, match=r"example\.com"):
        fetch_carelessly("http://example.com/")


def test_this_machine_may_be_spoken_to() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as caller,
        server.accept()[0] as answerer,
    ):
        answerer.sendall(b"hello")
        assert caller.recv(5) == b"hello"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        (None, True),
        (b"127.0.0.1", True),
        ("localhost.example.com", False),
        ("10.0.0.1", False),
        ("169.254.169.254", False),
    ],
)
def test_is_here(host: str | bytes | None, *, expected: bool) -> None:
    assert is_here(host) is expected
