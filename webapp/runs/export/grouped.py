"""Groups of runs: one row each, with the spread of every metric."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection

from webapp.runs.export.sheet import Asked, Cell, Rows, Sheet, SheetColumn, Type
from webapp.runs.queries import make_conditions
from webapp.runs.table.cells import name_experiments
from webapp.runs.table.groups import Group, Spread, find_groups
from webapp.store.columns import RunColumn

EXPERIMENT = RunColumn(None, "experiment_id")
_SPREAD = {
    "runs": Type.WHOLE,
    "mean": Type.NUMBER,
    "deviation": Type.NUMBER,
    "least": Type.NUMBER,
    "greatest": Type.NUMBER,
}


def read_groups(conn: Connection, asked: Asked, by: RunColumn) -> Sheet:
    """Read every group, largest first."""
    return Sheet(
        columns=(
            SheetColumn("experiment" if by == EXPERIMENT else str(by), Type.TEXT),
            SheetColumn("runs", Type.WHOLE),
            *(SheetColumn(f"{metric}.{part}", type_) for metric in asked.columns for part, type_ in _SPREAD.items()),
        ),
        batches=_read(conn, asked, by),
    )


def _read(conn: Connection, asked: Asked, by: RunColumn) -> Iterator[Rows]:
    names = name_experiments(conn) if by == EXPERIMENT else {}
    groups = find_groups(conn, by, asked.columns, make_conditions(conn, asked.state.filters), most=None).groups
    yield [_lay_out(group, names) for group in groups]


def _lay_out(group: Group, names: Mapping[int | None, str]) -> Sequence[Cell]:
    value = names.get(group.value, group.value) if isinstance(group.value, int) else group.value
    name = None if value is None else str(value)
    return [name, group.runs, *(cell for spread in group.spreads for cell in _list_parts(spread))]


def _list_parts(spread: Spread) -> tuple[Cell, ...]:
    return spread.runs, spread.mean, spread.deviation, spread.least, spread.greatest
