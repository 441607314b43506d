"""A registered model's name in an address: others name models with spaces, slashes, emoji, or a single dot."""

from __future__ import annotations

import re

from werkzeug.routing import BaseConverter, ValidationError

_PLAIN = frozenset("-_. ")
_ESCAPED = re.compile(r"(?:~[0-9A-Fa-f]{2})+")
NOTHING = "~"
"""How a name of no characters is written, which raw SQL alone can make."""


class ModelNameConverter(BaseConverter):
    """`<model:name>`: one part of a path, whatever the name holds.

    A percent sign does not do: servers undo `%2F` before they look for the route, and browsers take `%2E` for a dot
    that leads to the folder above. So whatever means something in a path is written `~` and two hexadecimal digits.
    """

    def to_python(self, value: str) -> str:
        """Read the name."""
        return read_name(value)

    def to_url(self, value: str) -> str:
        """Write the name."""
        return super().to_url(write_name(value))


def write_name(name: str) -> str:
    """Write a name as one part of a path."""
    written = "".join(char if _is_plain(char) else _escape(char) for char in name)
    return (_escape(".") + written[1:] if written.startswith(".") else written) or NOTHING


def read_name(part: str) -> str:
    """Read what `write_name` wrote; what holds no escapes stands for itself.

    Raises
    ------
    ValidationError
        For what is no text, or no text that a database takes.
    """
    if part == NOTHING:
        return ""
    try:
        name = _ESCAPED.sub(lambda found: bytes.fromhex(found[0].replace("~", "")).decode(), part)
    except UnicodeDecodeError as error:
        raise ValidationError from error
    if "\0" in name:
        raise ValidationError
    return name


def _is_plain(char: str) -> bool:
    return char.isalnum() or char in _PLAIN or (not char.isascii() and char.isprintable())


def _escape(char: str) -> str:
    return "".join(f"~{byte:02X}" for byte in char.encode(errors="replace"))
