"""What is asked of a text, in SQL that means the same on SQLite and PostgreSQL.

Where case is ignored, it is in the letters A–Z alone: neither database folds more of Unicode than that without a
library or a locale of its own. `%` and `_` are the only special signs of a pattern, a backslash is none.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, collate, func

Text = ColumnElement[Any]


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


def fold(text: str) -> str:
    """Make A–Z small."""
    return text.encode().lower().decode()


def _fold(column: Text, dialect: str) -> Text:
    return func.lower(column if dialect == "sqlite" else collate(column, "C"))


def _to_glob(pattern: str) -> str:
    escaped = "".join(f"[{sign}]" if sign in "*?[" else sign for sign in pattern)
    return escaped.replace("%", "*").replace("_", "?")
