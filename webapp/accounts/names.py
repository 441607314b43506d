"""What an account may be called."""

from __future__ import annotations

import unicodedata

LONGEST_NAME = 150


def normalise_name(name: str) -> str:
    """Bring a name to the one form in which it is stored and looked up."""
    return unicodedata.normalize("NFKC", name).strip()


def is_name_usable(name: str) -> bool:
    """Whether a normalised name can be shown and typed again: 1 to 150 printable characters."""
    return 0 < len(name) <= LONGEST_NAME and name.isprintable()
