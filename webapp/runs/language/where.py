"""A filter as somebody typed it, with what it means or what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.runs.language.errors import FilterError
from webapp.runs.language.syntax import parse_filter
from webapp.runs.language.tree import Expression


@dataclass(frozen=True)
class Where:
    """`expression` is None where nothing is left out, or where `error` says what is wrong."""

    text: str = ""
    expression: Expression | None = None
    error: FilterError | None = None


def read_where(text: str, now: int) -> Where:
    """Read a filter; `now` is UTC epoch milliseconds, from which `-7d` counts."""
    typed = text.replace("\0", "\N{REPLACEMENT CHARACTER}").strip()  # a page cannot show it either
    try:
        return Where(typed, parse_filter(typed, now))
    except FilterError as error:
        return Where(typed, error=error)
