"""What a broken attempt leaves in MLflow's tables, found by the job's tag and put right by SQL alone.

The worker that does this is a light process: importing mlflow would cost it two seconds and 160 MB.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, delete, select, update

from webapp.jobs.states import State
from webapp.store.mlflow_tables import model_version_tags, model_versions, registered_model_aliases, runs, tags
from webapp.store.tables import job

JOB_TAG = "proctor.job_id"
OPEN = ("RUNNING", "SCHEDULED")


@dataclass(frozen=True)
class FinishedRun:
    """A run that MLflow has as finished."""

    id: str
    name: str


def clear_debris(conn: Connection, job_id: str, status: str, now: int) -> None:
    """End the runs that the job left open with `status`, and delete the model versions that they had begun."""
    ids = list(conn.scalars(select(tags.c.run_uuid).where(tags.c.key == JOB_TAG, tags.c.value == job_id)))
    end_runs(conn, ids, status, now)


def clear_orphans(conn: Connection, now: int) -> int:
    """End open runs whose job is no longer running, and return their number.

    A process that lost its claim may have begun one in the moment before it was killed.
    """
    orphans = (
        select(runs.c.run_uuid)
        .join(tags, and_(tags.c.run_uuid == runs.c.run_uuid, tags.c.key == JOB_TAG))
        .join(job, job.c.id == tags.c.value)
        .where(runs.c.status.in_(OPEN), job.c.state != State.RUNNING)
    )
    ids = list(conn.scalars(orphans))
    end_runs(conn, ids, "FAILED", now)
    return len(ids)


def end_runs(conn: Connection, ids: Sequence[str], status: str, now: int) -> None:
    """End those of the runs that are open, and delete the model versions of all that did not finish."""
    if not ids:
        return
    conn.execute(
        update(runs).where(runs.c.run_uuid.in_(ids), runs.c.status.in_(OPEN)).values(status=status, end_time=now)
    )
    broken = select(runs.c.run_uuid).where(runs.c.run_uuid.in_(ids), runs.c.status != "FINISHED")
    key = (model_versions.c.workspace, model_versions.c.name, model_versions.c.version)
    for version in conn.execute(select(*key).where(model_versions.c.run_id.in_(broken))).all():
        delete_version(conn, *version)


def delete_version(conn: Connection, workspace: str, name: str, version: int) -> None:
    """Delete a model version with its tags and the aliases that point at it."""
    for table in (registered_model_aliases, model_version_tags, model_versions):
        is_its = and_(table.c.workspace == workspace, table.c.name == name, table.c.version == version)
        conn.execute(delete(table).where(is_its))


def find_finished_run(conn: Connection, job_id: str) -> FinishedRun | None:
    """Find the run that the job brought to its end."""
    finished = (
        select(runs.c.run_uuid, runs.c.name)
        .join(tags, and_(tags.c.run_uuid == runs.c.run_uuid, tags.c.key == JOB_TAG, tags.c.value == job_id))
        .where(runs.c.status == "FINISHED", runs.c.lifecycle_stage == "active")
        .order_by(runs.c.end_time.desc())
        .limit(1)
    )
    row = conn.execute(finished).one_or_none()
    return FinishedRun(row.run_uuid, row.name) if row else None
