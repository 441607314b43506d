"""Random tokens that stand for somebody: the browser holds the token, the store only its hash."""

from __future__ import annotations

import hashlib
import secrets


def make_token() -> str:
    """Draw 256 random bits, spelt so that they fit into a URL."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """Hash for the store: a plain sha256 is enough for what cannot be guessed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
