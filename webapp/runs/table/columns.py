"""Which columns the run table can have, which it has, and what they are called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import Connection, select

from ml.charts.axes import isolate
from ml.results import LOWER_IS_BETTER
from webapp.runs.table.state import TableState
from webapp.scores import describe_metric
from webapp.store.columns import RunColumn, read_column
from webapp.store.tables import RUN_SORTS, key
from webapp.store.values import Kind

OUR_METRICS = ("accuracy", "f1_macro", "qwk", "log_loss")
FEW_METRICS = 4
ACCURACY = RunColumn(Kind.METRIC, "accuracy")
NUMBERS = frozenset({"started_at", "duration", "experiment_id"})
MOST_KEYS = 500


@dataclass(frozen=True)
class Heading:
    """A column as its heading shows it; `href` sorts by it, and the other links move, pin or hide it."""

    name: str
    kind: str
    definition: str
    href: str
    aria_sort: str
    is_number: bool
    is_pinned: bool


def choose_columns(conn: Connection, state: TableState) -> tuple[RunColumn, ...]:
    """Return the columns beside the name: those asked for, else the state, a few metrics, and times.

    The metrics are ours where any run has them, else the first that anybody logged.
    """
    if state.columns:
        return state.columns
    known = conn.execute(
        select(key.c.name).where(key.c.kind == str(Kind.METRIC), key.c.name.in_(OUR_METRICS))
    ).scalars().all()  # fmt: skip
    metrics = [name for name in OUR_METRICS if name in known] or conn.execute(
        select(key.c.name).where(key.c.kind == str(Kind.METRIC)).order_by(key.c.id).limit(FEW_METRICS)
    ).scalars().all()
    return (
        RunColumn(None, "status"),
        *(RunColumn(Kind.METRIC, name) for name in metrics),
        RunColumn(None, "started_at"),
        RunColumn(None, "duration"),
    )


def list_other_columns(conn: Connection, shown: tuple[RunColumn, ...]) -> dict[Kind | None, tuple[RunColumn, ...]]:
    """Return the columns that are not shown, by kind; of each kind of key the first `MOST_KEYS` by name."""
    found: dict[Kind | None, tuple[RunColumn, ...]] = {
        None: tuple(column for name in RUN_SORTS if name != "name" and (column := RunColumn(None, name)) not in shown)
    }
    for kind in Kind:
        names = conn.execute(select(key.c.name).where(key.c.kind == str(kind)).order_by(key.c.name).limit(MOST_KEYS))
        found[kind] = tuple(column for name in names.scalars() if (column := RunColumn(kind, name)) not in shown)
    return found


def make_headings(state: TableState, columns: tuple[RunColumn, ...]) -> tuple[Heading, ...]:
    """Make the headings of the table, the name's first."""
    shown = (RunColumn(None, "name"), *columns)
    return tuple(_make_heading(state, column, place) for place, column in enumerate(shown))


def say_order(state: TableState, headings: Iterable[Heading]) -> str:
    """Say by what the runs are in order where no heading shows it; empty where one does."""
    if any(heading.aria_sort for heading in headings):
        return ""
    name, kind, _definition = name_column(read_column(state.order.by))
    named = f"{name} ({kind})" if kind else name
    if state.order.descending:
        return _("In the order of %(column)s, which is not shown, greatest first.", column=isolate(named))
    return _("In the order of %(column)s, which is not shown, least first.", column=isolate(named))


def _make_heading(state: TableState, column: RunColumn, place: int) -> Heading:
    is_sorted = state.order.by == str(column)
    descending = not state.order.descending if is_sorted else is_greatest_first(column)
    name, kind, definition = name_column(column)
    return Heading(
        name=_("Accuracy: prior, one column, run") if column == ACCURACY else name,
        kind=kind,
        definition=definition,
        href=state.sorted_by(column, is_descending=descending),
        aria_sort=("descending" if state.order.descending else "ascending") if is_sorted else "",
        is_number=column.kind is Kind.METRIC or column.name in NUMBERS,
        is_pinned=place <= state.pinned and state.pinned > 0,
    )


def is_greatest_first(column: RunColumn) -> bool:
    """Whether the greatest is what somebody looks for first."""
    if column.kind is Kind.METRIC:
        return column.name not in LOWER_IS_BETTER
    return column.name in NUMBERS


def name_column(column: RunColumn) -> tuple[str, str, str]:
    """Return a column's name, the word for its kind (empty where that goes without saying), and what it means."""
    if column.kind is Kind.METRIC:
        name, definition = describe_metric(column.name)
        return _("QWK") if column.name == "qwk" else name, "", definition
    if column.kind is not None:
        return column.name, _("param") if column.kind is Kind.PARAM else _("tag"), ""
    names = {
        "name": _("Run"),
        "status": _("State"),
        "started_at": _("Started"),
        "duration": _("Took"),
        "user_name": _("By"),
        "family": _("Family"),
        "dataset_name": _("Dataset"),
        "experiment_id": _("Experiment"),
    }
    return names[column.name], "", ""
