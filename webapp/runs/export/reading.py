"""Runs with their values, batch by batch along the walks of the table, whole: neither cut nor rounded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row, select

from webapp.runs.export.sheet import Asked, Cell, Rows, Sheet, SheetColumn, Type
from webapp.runs.queries import make_conditions, read_value
from webapp.runs.table.cells import name_experiments
from webapp.runs.table.state import TableState
from webapp.store.columns import RunColumn, read_column
from webapp.store.paging import find_bookmark, read_run_page
from webapp.store.tables import key, value
from webapp.store.values import LONGEST_TEXT, SOURCES, Kind

BATCH = 1_000
ALWAYS = ("run_id", "name", "experiment_id", "status", "started_at")
"""What says which run it is, and stands first."""
_NAMES = {"experiment_id": "experiment", "duration": "duration_ms"}
_TYPES = {"started_at": Type.MOMENT, "duration": Type.WHOLE}

_Cut = list[tuple[str, RunColumn, list[Cell], int]]
"""Texts that the projection cut: the run's id, whose text it is, and the row and place where it stands."""


def read_runs(conn: Connection, asked: Asked) -> Sheet:
    """Read every run that matches, in the table's order."""
    others = (column.name for column in asked.columns if column.kind is None)
    fields = tuple(dict.fromkeys((*ALWAYS, *others)))
    keys = tuple(column for column in asked.columns if column.kind)
    return Sheet(
        columns=(
            *(SheetColumn(_NAMES.get(field, field), _TYPES.get(field, Type.TEXT)) for field in fields),
            *(SheetColumn(str(column), Type.NUMBER if column.kind is Kind.METRIC else Type.TEXT) for column in keys),
        ),
        batches=_fill(conn, walk_runs(conn, asked.state), fields, keys),
    )


def walk_runs(conn: Connection, state: TableState, size: int = BATCH) -> Iterator[list[Row[Any]]]:
    """Yield every run that matches in the table's order, up to `size` at a time, on the connection's one snapshot."""
    column, where, after = read_column(state.order.by), make_conditions(conn, state.filters), None
    while rows := read_run_page(
        conn, column, is_descending=state.order.descending, size=size, after=after, where=where
    ):
        yield rows
        if len(rows) < size:
            return
        after = find_bookmark(conn, column, rows[-1].run_id)


def _fill(
    conn: Connection, walk: Iterable[list[Row[Any]]], fields: Sequence[str], keys: Sequence[RunColumn]
) -> Iterator[Rows]:
    names = name_experiments(conn)
    places = _place_keys(conn, keys, len(fields))
    take, experiment, nothing = attrgetter(*fields), fields.index("experiment_id"), [None] * len(keys)
    for runs in walk:
        rows: list[list[Cell]] = [[*take(run), *nothing] for run in runs]
        for row, run in zip(rows, runs, strict=True):
            row[experiment] = names.get(run.experiment_id)
        if places:
            _put_values(conn, [run.number for run in runs], rows, places)
        yield rows


def _place_keys(conn: Connection, keys: Sequence[RunColumn], first: int) -> dict[int, tuple[int, RunColumn]]:
    """Find the keys' ids, and say in which place of a row their values stand."""
    places = {column: place for place, column in enumerate(keys, first)}
    found = conn.execute(select(key).where(key.c.name.in_([column.name for column in keys])))
    columns = ((row.id, RunColumn(Kind(row.kind), row.name)) for row in found)
    return {key_id: (places[column], column) for key_id, column in columns if column in places}


def _put_values(
    conn: Connection, numbers: Sequence[int], rows: list[list[Cell]], places: dict[int, tuple[int, RunColumn]]
) -> None:
    of_run = dict(zip(numbers, rows, strict=True))
    query = select(value.c.run_number, value.c.key_id, value.c.number, value.c.text)
    cut: _Cut = []
    for number, key_id, held, text in conn.execute(
        query.where(value.c.run_number.in_(numbers), value.c.key_id.in_(places))
    ):
        place, column = places[key_id]
        row = of_run[number]
        row[place] = read_metric(held) if column.kind is Kind.METRIC else text
        if text is not None and len(text) == LONGEST_TEXT:
            cut.append((str(row[0]), column, row, place))
    if cut:
        _put_whole(conn, cut)


def read_metric(held: float | None) -> float:
    """The value that was logged: a metric that is there without a number is NaN, the largest number an infinity."""
    return read_value(0.0 if held is None else held, is_nan=held is None)


def _put_whole(conn: Connection, cut: _Cut) -> None:
    """Put the whole texts in place of cut ones."""
    for kind in (Kind.PARAM, Kind.TAG):
        source = SOURCES[kind].c
        waiting = {(run_id, column.name): (row, place) for run_id, column, row, place in cut if column.kind is kind}
        ids, names = ({part[i] for part in waiting} for i in (0, 1))
        query = select(source.run_uuid, source.key, source.value)
        for run_id, name, text in conn.execute(query.where(source.run_uuid.in_(ids), source.key.in_(names))):
            if (run_id, name) in waiting:
                row, place = waiting[run_id, name]
                row[place] = text
