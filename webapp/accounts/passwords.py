"""What a password must be, and how one is kept: argon2id, never the password itself."""

from __future__ import annotations

import secrets
import unicodedata
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 1024
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Each hash takes 19 MB and a core for a twentieth of a second: without a gate, a handful of tries at once would double
# the process and starve its pages.
_GATE = BoundedSemaphore(2)


def hash_password(password: str) -> str:
    """Hash a password with a fresh salt; the parameters stand in the result."""
    with _GATE:
        return _HASHER.hash(_normalise(password))


def is_password_right(password: str, password_hash: str | None) -> bool:
    """Compare, taking as long for a hash of None (nobody by that name) as for a real one."""
    try:
        with _GATE:
            _HASHER.verify(password_hash or _hash_of_nobody(), _normalise(password))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_hash_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(password_hash)


def is_password_short(password: str) -> bool:
    """Whether it has fewer characters than we ask for."""
    return len(_normalise(password)) < SHORTEST_PASSWORD


def is_password_the_name(name: str, password: str) -> bool:
    """Whether it gives away nothing more than the name does."""
    return _normalise(password).strip().casefold() == _normalise(name).strip().casefold()


def _normalise(password: str) -> str:
    """Bring to one form what two keyboards may compose differently."""
    return unicodedata.normalize("NFKC", password)


@cache
def _hash_of_nobody() -> str:
    return _HASHER.hash(secrets.token_hex(16))
