"""What is asked of a text, in SQL that means the same on SQLite and PostgreSQL.

Where case is ignored, it is in the letters A–Z alone: neither database folds more of Unicode than that without a
library or a locale of its own. `%` and `_` are the only special signs of a pattern, a backslash is none.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Float, Numeric, and_, case, cast, collate, func, literal_column, not_

Text = ColumnElement[Any]

_JSON_NUMBER = r"^[ \t\n\r]*-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]{1,3})?[ \t\n\r]*$"
_LONG_EXPONENT = "*[eE]*[0-9][0-9][0-9][0-9]*"
_LARGEST, _LEAST = "1.7976931348623158e308", "2.5e-324"  # just beyond what a double can hold


def contains(column: Text, text: str, dialect: str) -> ColumnElement[bool]:
    """Whether a text is part of another, whatever the case."""
    find = func.instr if dialect == "sqlite" else func.strpos
    found: ColumnElement[bool] = find(_fold(column, dialect), fold(text)) > 0
    return found


def begins(column: Text, text: str, dialect: str) -> ColumnElement[bool]:
    """Whether a text begins so, whatever the case."""
    found: ColumnElement[bool] = func.substr(_fold(column, dialect), 1, len(text)) == fold(text)
    return found


def is_like(column: Text, pattern: str, dialect: str) -> ColumnElement[bool]:
    """Whether a text fits a pattern, with its case."""
    if dialect == "sqlite":  # whose LIKE ignores case
        return column.op("GLOB", is_comparison=True)(_to_glob(pattern))
    return column.like(pattern.replace("\\", "\\\\"), escape="\\")


def is_like_folded(column: Text, pattern: str, dialect: str) -> ColumnElement[bool]:
    """Whether a text fits a pattern, whatever the case."""
    return is_like(_fold(column, dialect), fold(pattern), dialect)


def as_number(column: Text, dialect: str) -> ColumnElement[float]:
    """Return the number that a text is as JSON writes them, NULL where it is none.

    An exponent has up to three digits, and a number that no double can hold is infinite or 0.
    """
    if dialect == "sqlite":
        kind = case((func.json_valid(column) == 1, func.json_type(column)))  # which fails on what is not JSON
        is_number = and_(kind.in_(("integer", "real")), not_(column.op("GLOB", is_comparison=True)(_LONG_EXPONENT)))
        return case((is_number, cast(column, Float)))
    exact = cast(column, Numeric)
    size = func.abs(exact)
    number = case(
        (size > literal_column(_LARGEST, Numeric), case((exact > 0, _infinity("")), else_=_infinity("-"))),
        (size < literal_column(_LEAST, Numeric), cast(literal_column("0"), Float(53))),
        else_=cast(exact, Float(53)),
    )
    return case((column.op("~", is_comparison=True)(_JSON_NUMBER), number))


def fold(text: str) -> str:
    """Make A–Z small."""
    return text.encode().lower().decode()


def _fold(column: Text, dialect: str) -> Text:
    return func.lower(column if dialect == "sqlite" else collate(column, "C"))


def _infinity(sign: str) -> ColumnElement[float]:
    return cast(literal_column(f"'{sign}Infinity'"), Float(53))


def _to_glob(pattern: str) -> str:
    escaped = "".join(f"[{sign}]" if sign in "*?[" else sign for sign in pattern)
    return escaped.replace("%", "*").replace("_", "?")
