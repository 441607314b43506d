"""The queue as everybody sees it: jobs are rows, and submitting or cancelling one is one transaction.

The row in `proctor_job` is the truth. What goes through the message queue only wakes a worker up, so that a lost or a
doubled message changes nothing.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, text, update

from webapp.events import write_event
from webapp.jobs.messages import Queue
from webapp.jobs.states import UNFINISHED, State
from webapp.store.session import Store
from webapp.store.tables import job


@dataclass(frozen=True)
class Stage:
    """One step of the work, by its code, and when it began (epoch milliseconds)."""

    code: str
    started_at: int
    done: int
    total: int


@dataclass(frozen=True)
class Failure:
    """Why a job failed: a code that pages put into words, and what only the cause itself could say."""

    code: str
    detail: str = ""


@dataclass(frozen=True)
class Job:
    """A piece of work that somebody asked for. Times are UTC epoch milliseconds."""

    id: str
    number: int
    kind: str
    params: Mapping[str, Any]
    state: State
    attempt: int
    cancel_requested: bool
    stages: tuple[Stage, ...]
    result: Mapping[str, Any] | None
    failure: Failure | None
    created_by: str
    created_at: int
    started_at: int | None
    finished_at: int | None

    @property
    def is_finished(self) -> bool:
        """Whether nothing will happen to it any more."""
        return self.state not in UNFINISHED


def submit_job(store: Store, queue: Queue, kind: str, params: Mapping[str, Any], user: str, now: int) -> Job:
    """Put a job at the end of the queue, note who asked for it, and wake a worker."""
    with store.write() as conn:
        lock_queue(conn)
        added = insert_job(conn, kind, params, user, now)
    queue.wake()
    return added


def insert_job(
    conn: Connection, kind: str, params: Mapping[str, Any], user: str, now: int, job_id: str | None = None
) -> Job:
    """Add the row of a new job; the caller holds `lock_queue`, so that numbers follow each other.

    `job_id` is given where something was kept under it before the job may be seen.
    """
    number = (conn.execute(select(func.max(job.c.number))).scalar() or 0) + 1
    row = conn.execute(
        insert(job)
        .values(
            id=job_id or new_job_id(),
            number=number,
            kind=kind,
            params=json.dumps(dict(params)),
            state=State.QUEUED,
            attempt=0,
            cancel_requested=False,
            progress="[]",
            created_by=user,
            created_at=now,
        )
        .returning(job)
    ).one()
    note_event(conn, "job_submitted", row, json.dumps({"kind": kind, **params}), user, now)
    return read_job(row)


def new_job_id() -> str:
    """An id that no other job has, and that nobody can guess."""
    return uuid.uuid4().hex


def request_cancel(store: Store, job_id: str, user: str, now: int) -> Job | None:
    """Ask for a job to be stopped; a queued one is cancelled at once, a running one by its worker within a second.

    Returns None where there is no such job; a finished job stays as it is.
    """
    with store.write() as conn:
        waiting = conn.execute(
            update(job)
            .where(job.c.id == job_id, job.c.state == State.QUEUED)
            .values(state=State.CANCELLED, cancel_requested=True, finished_at=now)
            .returning(job)
        ).one_or_none()
        running = conn.execute(
            update(job)
            .where(job.c.id == job_id, job.c.state == State.RUNNING, job.c.cancel_requested.is_(False))
            .values(cancel_requested=True)
            .returning(job)
        ).one_or_none()
        for row in filter(None, (waiting, running)):
            note_event(conn, "job_cancelled", row, "", user, now)
        return find_job(conn, job_id)


def find_job(conn: Connection, job_id: str) -> Job | None:
    """Find a job by its id."""
    row = conn.execute(select(job).where(job.c.id == job_id)).one_or_none()
    return read_job(row) if row else None


def list_jobs(conn: Connection, limit: int) -> tuple[Job, ...]:
    """List the newest jobs, newest first."""
    rows = conn.execute(select(job).order_by(job.c.number.desc()).limit(limit))
    return tuple(read_job(row) for row in rows)


def list_unfinished_jobs(conn: Connection) -> tuple[Job, ...]:
    """List what runs and what waits, in the order in which it is done."""
    rows = conn.execute(select(job).where(job.c.state.in_(UNFINISHED)).order_by(job.c.number))
    return tuple(read_job(row) for row in rows)


def lock_queue(conn: Connection) -> None:
    """Let one transaction at a time add jobs; SQLite's writers already stand in line."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("LOCK TABLE proctor_job IN SHARE ROW EXCLUSIVE MODE"))


def note_event(conn: Connection, action: str, row: Row[Any], detail: str, user: str, now: int) -> None:
    """Write into the log of events what somebody did to a job."""
    write_event(conn, action, f"job {row.number}", detail, user=user, now=now)


def read_job(row: Row[Any]) -> Job:
    """The value of a row of `proctor_job`."""
    return Job(
        id=row.id,
        number=row.number,
        kind=row.kind,
        params=json.loads(row.params),
        state=State(row.state),
        attempt=row.attempt,
        cancel_requested=row.cancel_requested,
        stages=tuple(Stage(**stage) for stage in json.loads(row.progress)),
        result=json.loads(row.result) if row.result else None,
        failure=Failure(**json.loads(row.error)) if row.error else None,
        created_by=row.created_by,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )
