"""Reads of experiments: which there are, what one is, and which run of each was the best."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from webapp.runs.edit.keys import NOTE_TAG
from webapp.runs.queries import RunRow
from webapp.store.columns import RunColumn
from webapp.store.mlflow_tables import GOING_ON, experiment_tags, experiments
from webapp.store.paging import find_key
from webapp.store.tables import archived_run, run, value
from webapp.store.values import Kind

NOTE = NOTE_TAG
LARGEST_ID = 2**31 - 1


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
    """Measure every experiment, in one walk along an index that has all but the accuracy, and a step for each to that.

    Both in one walk would be one over all rows.
    """
    sizes = (
        select(run.c.experiment_id, func.count().label("runs"), func.max(run.c.started_at).label("last_start"))
        .where(run.c.experiment_id.is_not(None))
        .group_by(run.c.experiment_id)
        .subquery()
    )
    best = select(func.max(run.c.accuracy)).where(run.c.experiment_id == sizes.c.experiment_id).scalar_subquery()
    found = conn.execute(select(sizes, best))
    archived = conn.execute(
        select(archived_run.c.experiment_id, func.count())
        .where(archived_run.c.experiment_id.is_not(None))
        .group_by(archived_run.c.experiment_id)
    )
    return Sizes({row[0]: Size(*row[1:]) for row in found}, {row[0]: row[1] for row in archived})


def count_archived(conn: Connection, experiment_id: int) -> int:
    """Count the archived runs of an experiment."""
    query = select(func.count()).select_from(archived_run).where(archived_run.c.experiment_id == experiment_id)
    return conn.execute(query).scalar_one()


def count_going(conn: Connection, since: int) -> dict[int, int]:
    """Count the runs that are under way in each experiment, of those that began after `since`."""
    query = select(run.c.experiment_id, func.count()).where(run.c.status.in_(GOING_ON), run.c.started_at > since)
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


def _select() -> Select[Any]:
    return select(
        experiments.c.experiment_id,
        experiments.c.name,
        experiments.c.lifecycle_stage != "active",
        experiments.c.creation_time,
        experiments.c.last_update_time,
    )
