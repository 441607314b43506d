"""Idempotent retries: what the same caller sends again under the same key is answered once.

Key, caller and body are kept as digests that only this site can make (HMAC with its secret key): an address is
personal, and a body of a few categories could be guessed from a plain digest, sensitive columns included.
"""

from __future__ import annotations

import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from webapp.predictions.values import Key

LONGEST_KEY = 255


class KeyUnusableError(ValueError):
    """An idempotency key has 1 to 255 printable ASCII characters."""


class KeyInFlightError(Exception):
    """The first request with this key has not been answered yet."""


class OtherBodyError(Exception):
    """The key was used with another body."""


def make_key(secret: str, caller: str, text: str, body: object) -> Key:
    """Make the key of a caller: the same text of somebody else is another key.

    Raises
    ------
    KeyUnusableError
        For a text that is none.
    """
    if not (1 <= len(text) <= LONGEST_KEY and text.isascii() and text.isprintable()):
        raise KeyUnusableError
    return Key(
        _digest(secret, "key", f"{caller}\n{text}"),
        _digest(secret, "body", json.dumps(body, sort_keys=True, separators=(",", ":"))),
    )


@dataclass
class KeysInFlight:
    """The keys that this process is answering now. Between processes the store's unique index decides."""

    _held: set[str] = field(default_factory=set)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def hold(self, key: Key | None) -> Iterator[None]:
        """Hold a key for as long as its request is being answered.

        Raises
        ------
        KeyInFlightError
            Where it is held already.
        """
        if key is None:
            yield
            return
        with self._guard:
            if key.key_hash in self._held:
                raise KeyInFlightError
            self._held.add(key.key_hash)
        try:
            yield
        finally:
            with self._guard:
                self._held.remove(key.key_hash)


def _digest(secret: str, purpose: str, text: str) -> str:
    return hmac.new(secret.encode(), f"{purpose}\n{text}".encode(), "sha256").hexdigest()
