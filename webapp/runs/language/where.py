"""A filter as somebody typed it, with what it means or what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.runs.language.errors import FilterError
from webapp.runs.language.keys import write_key, write_text
from webapp.runs.language.syntax import parse_filter
from webapp.runs.language.tree import Expression, Kind
from webapp.store.values import LONGEST_TEXT


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


def narrow(where: Where, kind: Kind, name: str, value: str | int | None) -> Where | None:
    """Return the filter that leaves in the runs with `value` for a key, None for none; None if it cannot say so.

    Values of `proctor_value` are cut: of one that may have been, no filter can tell the rest.
    """
    key = name if kind is Kind.ATTRIBUTE else write_key(kind, name)
    text = "" if value is None else write_text(str(value))
    if not key or (value is not None and (not text or len(str(value)) >= LONGEST_TEXT)):
        return None
    said = f"{key} is null" if value is None else f"{key} = {text}"
    return Where(f"({where.text}) and {said}" if where.text else said)
