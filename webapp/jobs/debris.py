"""What a broken attempt leaves in MLflow's tables, found by the job's tag and put right by SQL alone.

The worker that does this is a light process: importing mlflow would cost it two seconds and 160 MB.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    TableClause,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from ml.examination.reproduction import REPRODUCED_BY, REPRODUCTION
from ml.families import BASELINES
from webapp.jobs.states import State
from webapp.store.mlflow_tables import (
    GOING_ON,
    model_version_tags,
    model_versions,
    registered_model_aliases,
    runs,
    tags,
)
from webapp.store.tables import job

JOB_TAG = "proctor.job_id"
FAMILY_TAG = "proctor.family"
ENDED_BADLY = ("FAILED", "KILLED")


@dataclass(frozen=True)
class FinishedRun:
    """A run that went all the way: finished, registered, and with its alias unless it is a baseline.

    One that reproduces another is finished when it has its `verdict`, and never becomes a version.
    """

    id: str
    name: str
    version: int | None
    verdict: str = ""


def find_finished_run(conn: Connection, job_id: str) -> FinishedRun | None:
    """Find the run that the job brought to its end."""
    named = exists().where(*_same_version(registered_model_aliases))
    is_baseline = exists().where(
        *_same_version(model_version_tags),
        model_version_tags.c.key == FAMILY_TAG,
        model_version_tags.c.value.in_(BASELINES),
    )
    finished = (
        select(runs.c.run_uuid, runs.c.name, model_versions.c.version)
        .join(model_versions, model_versions.c.run_id == runs.c.run_uuid)
        .where(runs.c.run_uuid.in_(_runs_of(job_id)), runs.c.status == "FINISHED", or_(named, is_baseline))
        .limit(1)
    )
    row = conn.execute(finished).one_or_none()
    return FinishedRun(row.run_uuid, row.name, row.version) if row else _find_reproduction(conn, job_id)


def _find_reproduction(conn: Connection, job_id: str) -> FinishedRun | None:
    finished = (
        select(runs.c.run_uuid, runs.c.name, tags.c.value)
        .join(tags, and_(tags.c.run_uuid == runs.c.run_uuid, tags.c.key == REPRODUCTION))
        .where(runs.c.run_uuid.in_(_runs_of(job_id)), runs.c.status == "FINISHED")
        .limit(1)
    )
    row = conn.execute(finished).one_or_none()
    return FinishedRun(row.run_uuid, row.name, None, row.value) if row else None


def clear_debris(conn: Connection, job_id: str, status: str, now: int) -> None:
    """End what a job that is not done has left, its runs with `status`, and delete what they made elsewhere.

    That is model versions, and the mark on a run that one of them was to reproduce.
    """
    of_job = runs.c.run_uuid.in_(_runs_of(job_id))
    marks = [REPRODUCED_BY + run_id for run_id in conn.scalars(_runs_of(job_id))]
    conn.execute(delete(tags).where(tags.c.key.in_(marks)))
    conn.execute(
        update(runs)
        .where(of_job, runs.c.status.not_in(ENDED_BADLY))
        .values(status=status, end_time=func.coalesce(runs.c.end_time, now))
    )
    key = (model_versions.c.workspace, model_versions.c.name, model_versions.c.version)
    for version in conn.execute(select(*key).where(model_versions.c.run_id.in_(_runs_of(job_id)))).all():
        delete_version(conn, *version)


def clear_orphans(conn: Connection, now: int) -> int:
    """End open runs whose job is no longer running, and return their number.

    A process that lost its claim may have begun one in the moment before it was killed.
    """
    orphans = (
        select(runs.c.run_uuid)
        .join(tags, and_(tags.c.run_uuid == runs.c.run_uuid, tags.c.key == JOB_TAG))
        .join(job, job.c.id == tags.c.value)
        .where(runs.c.status.in_(GOING_ON), job.c.state != State.RUNNING)
    )
    ids = conn.scalars(orphans).all()
    if ids:
        conn.execute(update(runs).where(runs.c.run_uuid.in_(ids)).values(status="FAILED", end_time=now))
    return len(ids)


def delete_version(conn: Connection, workspace: str, name: str, version: int) -> None:
    """Delete a model version with its tags and the aliases that point at it."""
    for table in (registered_model_aliases, model_version_tags, model_versions):
        is_its = and_(table.c.workspace == workspace, table.c.name == name, table.c.version == version)
        conn.execute(delete(table).where(is_its))


def _runs_of(job_id: str) -> Select[str]:
    return select(tags.c.run_uuid).where(tags.c.key == JOB_TAG, tags.c.value == job_id)


def _same_version(other: TableClause) -> tuple[ColumnElement[bool], ...]:
    """The condition that a row of `other` is about the model version at hand."""
    return tuple(other.c[name] == model_versions.c[name] for name in ("workspace", "name", "version"))
