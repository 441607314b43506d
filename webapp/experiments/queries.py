"""Reads of experiments: which there are, what one is, and when its runs began."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, literal_column, select

from ml.charts.experiments.calendar import DAY_MS, DayCount
from ml.charts.experiments.values import LATEST
from webapp.runs.edit.keys import NOTE_TAG
from webapp.runs.queries import RunRow
from webapp.store.columns import RunColumn
from webapp.store.mlflow_tables import experiment_tags, experiments
from webapp.store.paging import find_key
from webapp.store.tables import archived_run, run, value
from webapp.store.values import Kind

NOTE = NOTE_TAG
LARGEST_ID = 2**31 - 1
_GOING = ("RUNNING", "SCHEDULED")


@dataclass(frozen=True)
class Experiment:
    """An experiment as MLflow keeps it. Times are UTC epoch milliseconds."""

    id: int
    name: str
    is_archived: bool
    created_at: int | None
    changed_at: int | None


@dataclass(frozen=True)
class Size:
    """How many runs an experiment has, when the last began, and its best accuracy."""

    runs: int
    last_start: int | None
    accuracy: float | None


@dataclass(frozen=True)
class Sizes:
    """The sizes of all experiments that have runs, and how many archived runs each has."""

    active: Mapping[int, Size]
    archived: Mapping[int, int]


@dataclass(frozen=True)
class Span:
    """When the runs of an experiment began: how many of each state on each day. `undated` have no day of a calendar."""

    days: tuple[DayCount, ...]
    states: Mapping[str, int]
    undated: int
    first_start: int | None
    last_start: int | None

    @property
    def runs(self) -> int:
        """All of them."""
        return sum(self.states.values())


def list_experiments(conn: Connection) -> tuple[Experiment, ...]:
    """Find every experiment, archived ones among them."""
    return tuple(Experiment(*row) for row in conn.execute(_select()))


def find_experiment(conn: Connection, number: str) -> Experiment | None:
    """Find an experiment by its id as addresses have it."""
    if not (number.isascii() and number.isdigit() and len(number) <= len(str(LARGEST_ID))):
        return None
    if str(int(number)) != number or int(number) > LARGEST_ID:
        return None
    row = conn.execute(_select().where(experiments.c.experiment_id == int(number))).one_or_none()
    return Experiment(*row) if row else None


def find_tags(conn: Connection, experiment_id: int) -> dict[str, str]:
    """Find what people noted of an experiment."""
    query = select(experiment_tags.c.key, experiment_tags.c.value).where(
        experiment_tags.c.experiment_id == experiment_id
    )
    return {key: text or "" for key, text in conn.execute(query.order_by(experiment_tags.c.key))}


def measure_experiments(conn: Connection) -> Sizes:
    """Measure every experiment, in one walk over all runs."""
    found = conn.execute(
        select(run.c.experiment_id, func.count(), func.max(run.c.started_at), func.max(run.c.accuracy))
        .where(run.c.experiment_id.is_not(None))
        .group_by(run.c.experiment_id)
    )
    archived = conn.execute(
        select(archived_run.c.experiment_id, func.count())
        .where(archived_run.c.experiment_id.is_not(None))
        .group_by(archived_run.c.experiment_id)
    )
    return Sizes({row[0]: Size(*row[1:]) for row in found}, {row[0]: row[1] for row in archived})


def count_going(conn: Connection, since: int) -> dict[int, int]:
    """Count the runs that are under way in each experiment, of those that began after `since`."""
    query = select(run.c.experiment_id, func.count()).where(run.c.status.in_(_GOING), run.c.started_at > since)
    return {row[0]: row[1] for row in conn.execute(query.group_by(run.c.experiment_id))}


def find_most_accurate(conn: Connection, best: Mapping[int, float]) -> dict[int, RunRow]:
    """Find the first run that reached the best accuracy of each of some experiments."""
    if not best:
        return {}
    key_id = find_key(conn, RunColumn(Kind.METRIC, "accuracy"))
    firsts = (
        select(func.min(value.c.run_number))
        .join(run, run.c.number == value.c.run_number)
        .where(value.c.key_id == key_id, value.c.number.in_(set(best.values())), run.c.experiment_id.in_(best))
        .group_by(run.c.experiment_id, value.c.number)
    )
    rows = [RunRow(**row._asdict()) for row in conn.execute(select(run).where(run.c.number.in_(firsts)))]
    return {
        row.experiment_id: row
        for row in rows
        if row.experiment_id is not None and row.accuracy == best[row.experiment_id]
    }


def find_run_row(conn: Connection, number: int) -> RunRow | None:
    """Find the row of one run."""
    row = conn.execute(select(run).where(run.c.number == number)).one_or_none()
    return RunRow(**row._asdict()) if row else None


def find_span(conn: Connection, experiment_id: int) -> Span:
    """Count the runs of an experiment by day and state, in one walk over them."""
    is_dated = and_(run.c.started_at >= 0, run.c.started_at <= literal_column(str(LATEST)))
    day = case((is_dated, run.c.started_at // literal_column(str(DAY_MS))))
    found = conn.execute(
        select(day, run.c.status, func.count(), func.min(run.c.started_at), func.max(run.c.started_at))
        .where(run.c.experiment_id == experiment_id)
        .group_by(day, run.c.status)
    ).all()
    days = [DayCount(int(row[0]), row[1] or "", row[2]) for row in found if row[0] is not None]
    states: dict[str, int] = {}
    for row in found:
        states[row[1] or ""] = states.get(row[1] or "", 0) + row[2]
    return Span(
        days=tuple(days),
        states=states,
        undated=sum(states.values()) - sum(item.runs for item in days),
        first_start=min((row[3] for row in found if row[0] is not None), default=None),
        last_start=max((row[4] for row in found if row[0] is not None), default=None),
    )


def _select() -> Select[Any]:
    return select(
        experiments.c.experiment_id,
        experiments.c.name,
        experiments.c.lifecycle_stage != "active",
        experiments.c.creation_time,
        experiments.c.last_update_time,
    )
