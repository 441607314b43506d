"""The runs that somebody ticked, and what is known of them."""

from __future__ import annotations

import json
import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select, true, tuple_

from webapp.jobs.states import UNFINISHED
from webapp.runs.edit.keys import find_owner
from webapp.store.mlflow_tables import PARENT_TAG, experiments, runs, tags
from webapp.store.tables import archived_run, event, job, key, value
from webapp.store.tables import run as run_table
from webapp.store.values import read_number

MOST = 500
"""Runs that are changed at once."""
MOST_KEYS = 200
DELETION = "delete_runs"
"""The kind of job that deletes runs for good."""
ARCHIVED, RUN_DELETED = "runs_archived", "run_deleted"
"""Actions in the log of events that are looked for again: of many runs, and of one."""


class TooManyRunsError(ValueError):
    """More runs were picked than are changed at once."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} runs were picked, and {MOST} is the most")
        self.count = count


@dataclass(frozen=True)
class PickedRun:
    """A run that somebody ticked."""

    run_id: str
    name: str
    status: str | None
    started_at: int | None
    is_archived: bool


@dataclass(frozen=True)
class Picked:
    """The runs that were ticked and are there, in the order of the ticks, and the ids of those that are gone."""

    runs: tuple[PickedRun, ...]
    gone: tuple[str, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """Of those that are there."""
        return tuple(run.run_id for run in self.runs)

    @property
    def archived(self) -> tuple[PickedRun, ...]:
        """Those that MLflow calls deleted."""
        return tuple(run for run in self.runs if run.is_archived)


@dataclass(frozen=True)
class ArchivedRun:
    """A run that can be restored. `archived_by` is empty where another program than Proctor did it."""

    run_id: str
    name: str
    experiment: str
    started_at: int | None
    archived_at: int | None
    archived_by: str = ""


@dataclass(frozen=True)
class ArchivedRuns:
    """A page of archived runs; `next` is the run after which the next page begins, None on the last page."""

    rows: tuple[ArchivedRun, ...]
    total: int
    matching: int
    next: str | None


@dataclass(frozen=True)
class Deletion:
    """Who deleted a run for good, and when."""

    name: str
    at: int
    user_name: str


def read_ids(sent: Iterable[str]) -> tuple[str, ...]:
    """The ids that were ticked, each once.

    Raises
    ------
    TooManyRunsError
    """
    ids = tuple(dict.fromkeys(run_id for run_id in sent if run_id))
    if len(ids) > MOST:
        raise TooManyRunsError(len(ids))
    return ids


def find_picked(conn: Connection, ids: Sequence[str]) -> Picked:
    """Find which of the runs are there."""
    query = (
        select(
            runs.c.run_uuid,
            func.coalesce(run_table.c.name, archived_run.c.name, func.nullif(runs.c.name, "")).label("name"),
            runs.c.status,
            runs.c.start_time,
            runs.c.lifecycle_stage,
        )
        .outerjoin(run_table, run_table.c.run_id == runs.c.run_uuid)
        .outerjoin(archived_run, archived_run.c.run_id == runs.c.run_uuid)
        .where(runs.c.run_uuid.in_([run_id for run_id in ids if "\0" not in run_id]))
    )
    found = {
        row.run_uuid: PickedRun(
            row.run_uuid,
            row.name or row.run_uuid[:8],
            row.status,
            row.start_time,
            is_archived=row.lifecycle_stage == "deleted",
        )
        for row in conn.execute(query)
    }
    return Picked(
        runs=tuple(found[run_id] for run_id in ids if run_id in found),
        gone=tuple(run_id for run_id in ids if run_id not in found),
    )


def list_tag_keys(conn: Connection, ids: Sequence[str]) -> tuple[str, ...]:
    """Name the tags of some runs that people may take away."""
    query = select(tags.c.key).distinct().where(tags.c.run_uuid.in_(ids)).order_by(tags.c.key)
    return tuple([name for name in conn.scalars(query) if not find_owner(name)][:MOST_KEYS])


def count_children(conn: Connection, ids: Sequence[str]) -> int:
    """Count the runs that were begun within one of these and are not among them."""
    key_id = select(key.c.id).where(key.c.kind == "tag", key.c.name == PARENT_TAG).scalar_subquery()
    active = (
        select(func.count())
        .select_from(value)
        .join(run_table, run_table.c.number == value.c.run_number)
        .where(value.c.key_id == key_id, value.c.text.in_(ids), run_table.c.run_id.not_in(ids))
    )
    archived = (
        select(func.count())
        .select_from(archived_run)
        .join(tags, and_(tags.c.run_uuid == archived_run.c.run_id, tags.c.key == PARENT_TAG))
        .where(tags.c.value.in_(ids), archived_run.c.run_id.not_in(ids))
    )
    queries = [active.where(value.c.number.is_(None)), archived]
    if numbers := {number for run_id in ids if (number := read_number(run_id)) is not None}:  # an id of digits alone
        queries.append(active.where(value.c.number.in_(numbers)))
    return sum(conn.execute(query).scalar_one() for query in queries)


def find_being_deleted(conn: Connection, ids: Iterable[str]) -> frozenset[str]:
    """Find which of the runs a job that waits or runs is to delete."""
    unfinished = select(job.c.params).where(job.c.kind == DELETION, job.c.state.in_(UNFINISHED))
    named = {run_id for params in conn.scalars(unfinished) for run_id in json.loads(params)["run_ids"]}
    return frozenset(named.intersection(ids))


def list_archived(conn: Connection, text: str, after: str, limit: int = 25) -> ArchivedRuns:
    """Find a page of the archived runs, the last archived first; those of which nobody knows when come last."""
    fits = _fit(text)
    rows = _read_page(conn, fits, after, limit + 1)
    shown = rows[:limit]
    total = conn.execute(select(func.count()).select_from(archived_run)).scalar_one()
    matching = select(func.count()).select_from(archived_run).where(fits)
    return ArchivedRuns(
        rows=_to_archived(conn, shown),
        total=total,
        matching=conn.execute(matching).scalar_one() if text else total,
        next=shown[-1].run_id if len(rows) > limit else None,
    )


def find_archived(conn: Connection, run_id: str) -> ArchivedRun | None:
    """Find one archived run."""
    rows = conn.execute(_select_archived().where(archived_run.c.run_id == run_id)).all()
    return _to_archived(conn, rows)[0] if rows else None


def find_deletion(conn: Connection, run_id: str) -> Deletion | None:
    """Find out who deleted a run for good through Proctor."""
    query = select(event.c.at, event.c.user_name, event.c.detail).where(
        event.c.action == RUN_DELETED, event.c.subject == name_subject(run_id)
    )
    row = conn.execute(query.order_by(event.c.id.desc()).limit(1)).one_or_none()
    return Deletion(json.loads(row.detail)["name"], row.at, row.user_name) if row else None


def name_subject(run_id: str) -> str:
    """What the log of events calls one run."""
    return f"run {run_id}"


def _read_page(conn: Connection, fits: ColumnElement[bool], after: str, size: int) -> list[Row[Any]]:
    """Walk along the index of times from the bookmark, and then along the runs that have none."""
    place = archived_run.c.archived_at, archived_run.c.run_id
    mark = conn.execute(select(*place).where(archived_run.c.run_id == after)).one_or_none() if after else None
    rows: list[Row[Any]] = []
    if mark is None or mark.archived_at is not None:
        known = _select_archived().where(place[0].is_not(None), fits).order_by(*(column.desc() for column in place))
        known = known.where(operator.lt(tuple_(*place), tuple_(*mark))) if mark else known
        rows += conn.execute(known.limit(size))
        mark = None
    if len(rows) < size:
        rest = _select_archived().where(place[0].is_(None), fits).order_by(archived_run.c.run_id.desc())
        rest = rest.where(archived_run.c.run_id < mark.run_id) if mark else rest
        rows += conn.execute(rest.limit(size - len(rows)))
    return rows


def _fit(text: str) -> ColumnElement[bool]:
    if not text:
        return true()
    return or_(
        archived_run.c.name.icontains(text, autoescape=True),
        archived_run.c.run_id.startswith(text.lower(), autoescape=True),
    )


def _select_archived() -> Select[Any]:
    experiment = (
        select(experiments.c.name).where(experiments.c.experiment_id == archived_run.c.experiment_id).scalar_subquery()
    )
    return select(archived_run, experiment.label("experiment"))


def _to_archived(conn: Connection, rows: Sequence[Row[Any]]) -> tuple[ArchivedRun, ...]:
    by = _find_archivers(conn, {row.archived_at for row in rows if row.archived_at is not None})
    return tuple(
        ArchivedRun(
            run_id=row.run_id,
            name=row.name or row.run_id[:8],
            experiment=row.experiment or "",
            started_at=row.started_at,
            archived_at=row.archived_at,
            archived_by=by.get((row.run_id, row.archived_at), ""),
        )
        for row in rows
    )


def _find_archivers(conn: Connection, moments: set[int]) -> dict[tuple[str, int], str]:
    """Name who archived runs at these moments: a run archived here has the time of the event that tells of it."""
    query = select(event.c.at, event.c.user_name, event.c.detail).where(
        event.c.at.in_(moments), event.c.action == ARCHIVED
    )
    return {(run_id, row.at): row.user_name for row in conn.execute(query) for run_id in json.loads(row.detail)["runs"]}
