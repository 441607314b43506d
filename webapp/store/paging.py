"""Pages of the run history: in any order a walk along one index, from a bookmark, runs without a value last.

An offset would read every row that it skips, and NULLS LAST in one statement would make SQLite sort. So the runs with
a number are one walk, those with a text another and those without either a third; a page needs the next walk only where
the one before runs out.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, or_, select, tuple_

from webapp.store.columns import RunColumn
from webapp.store.tables import key, projection, run, value

SortValue = str | float | None


@dataclass(frozen=True)
class Bookmark:
    """The last run that was shown: its value in the sort column, and its number, which settles ties."""

    value: SortValue
    number: int


@dataclass(frozen=True)
class _Walk:
    """Runs in the order of one column of one table, if any, and of their numbers."""

    runs: Select[Any]
    own: ColumnElement[Any] | None
    number: ColumnElement[int]
    is_of: Callable[[SortValue], bool]
    """Whether a run with this value is met on this walk."""


def read_run_page(
    conn: Connection,
    column: RunColumn,
    *,
    is_descending: bool,
    size: int,
    after: Bookmark | None = None,
    where: Sequence[ColumnElement[bool]] = (),
) -> list[Row[Any]]:
    """Read up to `size` rows of `proctor_run` behind the bookmark, in the order of `column`."""
    rows: list[Row[Any]] = []
    for walk in _walks(conn, column):
        if after is not None and not walk.is_of(after.value):
            continue  # the bookmark stands on a later walk
        query = _go(walk, after, is_descending=is_descending).where(*where)
        after = None
        rows += conn.execute(query.limit(size - len(rows)))
        if len(rows) == size:
            break
    return rows


def find_bookmark(conn: Connection, column: RunColumn, run_id: str) -> Bookmark | None:
    """Find the place of a run in the order of a column; None where the run is gone."""
    if column.kind is None:
        query = select(run.c.number, run.c[column.name].label("value")).where(run.c.run_id == run_id)
        row = conn.execute(query).one_or_none()
        return Bookmark(row.value, row.number) if row else None
    found = conn.execute(
        select(run.c.number, value.c.number.label("value"), value.c.text)
        .outerjoin(value, and_(value.c.run_number == run.c.number, value.c.key_id == find_key(conn, column)))
        .where(run.c.run_id == run_id)
    ).one_or_none()
    return Bookmark(found.text if found.value is None else found.value, found.number) if found else None


def find_key(conn: Connection, column: RunColumn) -> int | None:
    """Find the id of a column's key; None where no run has ever had it."""
    query = select(key.c.id).where(key.c.kind == str(column.kind), key.c.name == column.name)
    return conn.execute(query).scalar()


def count_runs(conn: Connection) -> int:
    """Return how many runs the projection holds, without counting them."""
    return conn.execute(select(projection.c.rows)).scalar() or 0


def _walks(conn: Connection, column: RunColumn) -> Iterator[_Walk]:
    if column.kind is None:
        yield _walk_attribute(run.c[column.name])
        yield _walk_rest(run.c[column.name].is_(None), run.c[column.name])
        return
    key_id = find_key(conn, column)
    if key_id is not None:
        yield _walk_values(key_id, value.c.number, value.c.number.is_not(None), float)
        yield _walk_values(key_id, value.c.text, and_(value.c.number.is_(None), value.c.text.is_not(None)), str)
    has_value = select(1).where(
        value.c.key_id == key_id,
        value.c.run_number == run.c.number,
        or_(value.c.number.is_not(None), value.c.text.is_not(None)),
    )
    yield _walk_rest(~has_value.correlate(run).exists())


def _walk_attribute(own: ColumnElement[Any]) -> _Walk:
    return _Walk(select(run).where(own.is_not(None)), own, run.c.number, lambda value: value is not None)


def _walk_values(key_id: int, own: ColumnElement[Any], are_its: ColumnElement[bool], kind: type) -> _Walk:
    runs = select(run).join(value, value.c.run_number == run.c.number).where(value.c.key_id == key_id, are_its)
    return _Walk(runs, own, value.c.run_number, lambda value: isinstance(value, kind))


def _walk_rest(are_rest: ColumnElement[bool], own: ColumnElement[Any] | None = None) -> _Walk:
    return _Walk(select(run).where(are_rest), own, run.c.number, lambda value: value is None)


def _go(walk: _Walk, after: Bookmark | None, *, is_descending: bool) -> Select[Any]:
    """Walk on from the bookmark, if there is one."""
    columns = [walk.number] if walk.own is None else [walk.own, walk.number]
    query = walk.runs.order_by(*(column.desc() if is_descending else column.asc() for column in columns))
    if after is None:
        return query
    beyond: Callable[[Any, Any], Any] = operator.lt if is_descending else operator.gt
    if after.value is None:
        return query.where(beyond(walk.number, after.number))
    return query.where(beyond(tuple_(walk.own, walk.number), tuple_(after.value, after.number)))
