"""Pages of the run history: in any order a walk along one index, from a bookmark, runs without a value last.

An offset would read every row that it skips, and NULLS LAST in one statement would make SQLite sort. So the runs with
a number are one walk, those with a text another and those without either a third; a page needs the next walk only where
the one before runs out.

Conditions are asked of each run on the way, which is soon full where many fulfil them. Where few do, those are found
first and sorted: `_read` chooses by how many there are.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from math import isqrt
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Row, Select, and_, or_, select, tuple_

from webapp.store.columns import RunColumn
from webapp.store.planning import begin_with, hide
from webapp.store.tables import key, projection, run, value

_DEARER = 2
"""How much longer it takes to find and sort a run than to ask one on the way."""
_PATIENCE = 3
"""How much longer than it should take at the worst to look along the way."""

SortValue = str | float | None


@dataclass(frozen=True)
class Bookmark:
    """The last run that was shown: its value in the sort column, and its number, which settles ties."""

    value: SortValue
    number: int


@dataclass(frozen=True)
class Matches:
    """The runs that a page is of: how many of all, and how to find them."""

    count: int
    total: int
    select_numbers: Callable[[], Select[Any]]
    ask: Callable[[ColumnElement[Any]], Sequence[ColumnElement[bool]]]
    """Ask a run, by its number, whether it is one of them."""
    bound: Callable[[FromClause], Sequence[ColumnElement[bool]]] | None
    """Say, where the column stands that is sorted by, what they all have there: they all have something, then."""

    def even(self, size: int) -> int:
        """Of how many matches a page takes as long to find in either way: see `_read`."""
        return isqrt(size * self.total // _DEARER)


@dataclass(frozen=True)
class _Walk:
    """Runs in the order of one column of one table, if any, and of their numbers."""

    there: FromClause
    are_its: ColumnElement[bool]
    own: ColumnElement[Any] | None
    number: ColumnElement[int]
    is_of: Callable[[SortValue], bool]
    """Whether a run with this value is met on this walk."""
    key: tuple[ColumnElement[bool], ...] = ()
    """Whose values of many are sorted by."""

    @property
    def is_of_none(self) -> bool:
        """Whether it is that of the runs without a value."""
        return self.is_of(None)

    @property
    def runs(self) -> Select[Any]:
        """Select the rows of all that stand where it goes along."""
        if self.there is run:
            return select(run)
        return select(run).join(self.there, self.number == run.c.number).where(*self.key)

    @property
    def places(self) -> Select[Any]:
        """Select the place of each run and no more."""
        return select(self.number if self.own is None else self.own, self.number).where(*self.key)


@dataclass(frozen=True)
class _Wanted:
    """The runs of a page: in one of two directions, up to so many, those that fulfil the conditions or match."""

    is_descending: bool
    size: int
    where: Sequence[ColumnElement[bool]]
    matches: Matches | None
    few: Sequence[int] | None


def read_run_page(
    conn: Connection,
    column: RunColumn,
    *,
    is_descending: bool,
    size: int,
    after: Bookmark | None = None,
    where: Sequence[ColumnElement[bool]] = (),
    matches: Matches | None = None,
) -> list[Row[Any]]:
    """Read up to `size` rows of `proctor_run` behind the bookmark, in the order of `column`.

    They are runs that fulfil some conditions, each on the way being asked; or that match, found in the quickest way.
    """
    rows: list[Row[Any]] = []
    if matches and not matches.count:
        return rows
    wanted = _Wanted(is_descending, size, where, matches, _find_few(conn, matches, size))
    for walk in _walks(conn, column):
        if after is not None and not walk.is_of(after.value):
            continue  # the bookmark stands on a later walk
        if not (walk.is_of_none and matches and matches.bound):
            rows += _read(conn, walk, after, wanted)[: size - len(rows)]
        after = None
        if len(rows) == size or (matches and len(rows) == matches.count):
            break
    return rows


def _find_few(conn: Connection, matches: Matches | None, size: int) -> Sequence[int] | None:
    """Find the numbers of the runs that match, if they are few."""
    if matches is None or matches.count > matches.even(size):
        return None
    return conn.execute(matches.select_numbers()).scalars().all()


def _read(conn: Connection, walk: _Walk, after: Bookmark | None, wanted: _Wanted) -> Sequence[Row[Any]]:
    """Read the next rows of a walk.

    To find and sort all that match takes as long as they are many, and to ask all on the way as long as they are rare:
    `size * total / count` runs, if they are spread evenly. They may lie together at the far end, though, so where fewer
    than half match they are only looked for along a part of the way.
    """
    matches = wanted.matches
    way = (*_lie_beyond(walk, after, wanted), walk.are_its)
    if matches is None:
        return conn.execute(_order(walk, walk.runs, wanted).where(*way, *hide(conn, wanted.where))).all()
    way = (*way, *(matches.bound(walk.there) if matches.bound else ()))
    asked = _order(walk, walk.runs, wanted).where(*way, *hide(conn, matches.ask(walk.number)))
    if 2 * matches.count > matches.total:
        return conn.execute(asked).all()
    if wanted.few is None and walk.own is not None:
        end = _find_end(conn, walk, way, wanted)
        rows = conn.execute(asked if end is None else asked.where(end)).all()
        if end is None or len(rows) == wanted.size:
            return rows
    numbers = matches.select_numbers() if wanted.few is None else wanted.few
    found = _order(walk, walk.runs, wanted).where(begin_with(conn, walk.number, numbers), *hide(conn, way))
    return conn.execute(found).all()


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
        own = run.c[column.name]
        yield _Walk(run, own.is_not(None), own, run.c.number, lambda value: value is not None)
        yield _walk_rest(own.is_(None), own)
        return
    key_id, there = find_key(conn, column), value.alias("place")
    if key_id is not None:
        is_text = and_(there.c.number.is_(None), there.c.text.is_not(None))
        for own, are_its, kind in ((there.c.number, there.c.number.is_not(None), float), (there.c.text, is_text, str)):
            yield _Walk(there, are_its, own, there.c.run_number, partial(_is, kind), (there.c.key_id == key_id,))
    has_value = select(1).where(
        value.c.key_id == key_id,
        value.c.run_number == run.c.number,
        or_(value.c.number.is_not(None), value.c.text.is_not(None)),
    )
    yield _walk_rest(~has_value.correlate(run).exists())


def _is(kind: type, value: SortValue) -> bool:
    return isinstance(value, kind)


def _walk_rest(are_rest: ColumnElement[bool], own: ColumnElement[Any] | None = None) -> _Walk:
    return _Walk(run, are_rest, own, run.c.number, lambda value: value is None)


def _order(walk: _Walk, runs: Select[Any], wanted: _Wanted) -> Select[Any]:
    columns = [walk.number] if walk.own is None else [walk.own, walk.number]
    directed = (column.desc() if wanted.is_descending else column.asc() for column in columns)
    return runs.order_by(*directed).limit(wanted.size)


def _lie_beyond(walk: _Walk, after: Bookmark | None, wanted: _Wanted) -> Iterator[ColumnElement[bool]]:
    """Say where on the walk to go on, if there is a bookmark."""
    beyond: Callable[[Any, Any], Any] = operator.lt if wanted.is_descending else operator.gt
    if after is not None and after.value is None:
        yield beyond(walk.number, after.number)
    elif after is not None:
        yield beyond(tuple_(walk.own, walk.number), tuple_(after.value, after.number))


def _find_end(
    conn: Connection, walk: _Walk, way: Sequence[ColumnElement[bool]], wanted: _Wanted
) -> ColumnElement[bool] | None:
    """Say which runs lie within the part of the way where matches are looked for; None where that is all of it."""
    if wanted.matches is None:
        return None
    steps = _order(walk, walk.places, wanted).where(*way)
    last = conn.execute(steps.offset(_PATIENCE * wanted.matches.even(wanted.size)).limit(1)).first()
    if last is None:
        return None
    within: Callable[[Any, Any], Any] = operator.gt if wanted.is_descending else operator.lt
    ends: ColumnElement[bool] = within(tuple_(walk.own, walk.number), tuple_(*last))
    return ends
