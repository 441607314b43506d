"""How readers of a language write numbers."""

from __future__ import annotations

_GROUPED_FROM = 10_000
"""Spanish marks thousands from five digits on."""


def write_number(value: float, digits: int, language: str) -> str:
    """Write a number with a fixed count of digits behind the point."""
    text = f"{value:,.{digits}f}"
    if not language.startswith("es"):
        return text
    text = text if abs(value) >= _GROUPED_FROM else text.replace(",", "")
    return text.translate(str.maketrans(",.", ".,"))
