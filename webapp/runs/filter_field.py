"""The field in which runs are filtered, with what is wrong in it or what was probably meant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from webapp.runs.language.vocabulary import list_keys
from webapp.runs.language.where import Where
from webapp.runs.language.words import UnknownKey, WrongFilter, describe_error, find_unknown_keys

EXAMPLES = (
    "metrics.accuracy > 0.5 and started > -7d",
    '(params.model = "rf" or tags.team = "56") and name ~ "forest"',
)
_MOST_NAMES = 1_000


@dataclass(frozen=True)
class FilterField:
    """What the field holds; `wrong` is None of a filter that can be read, `mended` leads to the one probably meant."""

    text: str
    wrong: WrongFilter | None = None
    mended: str = ""
    unknown: tuple[UnknownKey, ...] = ()
    """The names in a filter that finds nothing which no run has."""
    examples: tuple[tuple[str, str], ...] = ()
    """Filters, each with its address."""


def show_filter(where: Where, conn: Connection, link: Callable[[str], str], *, finds_any: bool) -> FilterField:
    """Make the field; `link` makes the address of the page with another filter."""
    wrong = describe_error(where.error, where.text) if where.error else None
    is_doubtful = where.expression is not None and not finds_any
    return FilterField(
        text=where.text,
        wrong=wrong,
        mended=link(wrong.mended) if wrong and wrong.mended else "",
        unknown=_doubt(where, conn) if is_doubtful else (),
        examples=tuple((example, link(example)) for example in EXAMPLES),
    )


def _doubt(where: Where, conn: Connection) -> tuple[UnknownKey, ...]:
    if where.expression is None:
        return ()
    return find_unknown_keys(where.expression, lambda kind: list_keys(conn, kind, "", _MOST_NAMES))
