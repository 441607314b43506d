"""How readers of a language write numbers."""

from __future__ import annotations

_FEW = len("9,999")
_SPANISH = str.maketrans(",.", ".,")


def write_number(value: float, digits: int, language: str) -> str:
    """Write a number with a fixed count of digits behind the point."""
    return write_signs(f"{value:,.{digits}f}", language)


def write_signs(plain: str, language: str) -> str:
    """Turn the comma between thousands and the point into a language's; Spanish marks thousands from five digits on."""
    if not language.startswith("es"):
        return plain
    whole = plain.partition(".")[0].lstrip("-")
    return (plain.replace(",", "") if len(whole) <= _FEW else plain).translate(_SPANISH)
