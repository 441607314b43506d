"""Pages of the run history: in any order a walk along one index, from a bookmark, rows without a value last.

An offset would read every row that it skips, and NULLS LAST in one statement would make SQLite sort. So the rows with
a value are one walk and those without another, and a page needs the second only where the first runs out.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, select, tuple_

from webapp.store.tables import RUN_SORTS, projection, run

SortValue = str | int | float | None


@dataclass(frozen=True)
class Bookmark:
    """The last row that was shown: its value in the sort column, and its run id, which settles ties."""

    value: SortValue
    run_id: str


def read_run_page(
    conn: Connection,
    sort: str,
    *,
    is_descending: bool,
    size: int,
    after: Bookmark | None = None,
    where: Sequence[ColumnElement[bool]] = (),
) -> list[Row[Any]]:
    """Read up to `size` rows of `proctor_run` behind the bookmark.

    Raises
    ------
    ValueError
        If no index serves that sort column.
    """
    if sort not in RUN_SORTS:
        raise ValueError(f"runs cannot be sorted by {sort!r}; choose one of {', '.join(RUN_SORTS)}")
    column = run.c[sort]
    keys = [key.desc() if is_descending else key.asc() for key in (column, run.c.run_id)]
    query = select(run).where(*where).order_by(*keys)
    rows: list[Row[Any]] = []
    for walk in _walks(column, after, is_descending=is_descending):
        if len(rows) < size:
            rows += conn.execute(query.where(walk).limit(size - len(rows)))
    return rows


def _walks(column: ColumnElement[Any], after: Bookmark | None, *, is_descending: bool) -> list[ColumnElement[bool]]:
    """Say where each walk that is still to do begins: along the rows with a value, along those without."""
    beyond: Callable[[Any, Any], Any] = operator.lt if is_descending else operator.gt
    if after is None:
        return [column.is_not(None), column.is_(None)]
    if after.value is None:
        return [and_(column.is_(None), beyond(run.c.run_id, after.run_id))]
    return [beyond(tuple_(column, run.c.run_id), tuple_(after.value, after.run_id)), column.is_(None)]


def count_runs(conn: Connection) -> int:
    """Return how many runs the projection holds, without counting them."""
    return conn.execute(select(projection.c.rows)).scalar() or 0
