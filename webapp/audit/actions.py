"""What a reader may ask for: a table or a claim to be examined."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from webapp.jobs.messages import Queue
from webapp.jobs.queue import Job, insert_job, lock_queue, new_job_id
from webapp.jobs.states import UNFINISHED
from webapp.jobs.uploads import Upload, drop_uploads, keep_uploads
from webapp.store.session import Store
from webapp.store.tables import job

KIND = "audit"
MOST_WAITING = 3
"""Unfinished audits at one time: they need no admin, and trainings stand in the same line."""


class TooManyAuditsError(RuntimeError):
    """So many audits wait or run that no other is taken."""


def submit_audit(
    store: Store,
    queue: Queue,
    data_dir: Path,
    params: Mapping[str, Any],
    files: Mapping[str, Upload],
    *,
    user: str,
    now: int,
) -> Job:
    """Keep the files, by their roles, and queue the job that reads them; both or neither.

    Raises
    ------
    TooManyAuditsError
        Where `MOST_WAITING` of them wait or run.
    """
    job_id = new_job_id()
    keep_uploads(data_dir, job_id, files)
    try:
        with store.write() as conn:
            lock_queue(conn)
            check_limit(conn)
            added = insert_job(conn, KIND, params, user, now, job_id)
    except BaseException:
        drop_uploads(data_dir, job_id)
        raise
    queue.wake()
    return added


def check_limit(conn: Connection) -> None:
    """See that another audit may be queued; the caller holds `lock_queue`, so that two do not take one place.

    Raises
    ------
    TooManyAuditsError
        Where `MOST_WAITING` of them wait or run.
    """
    waiting = select(func.count()).select_from(job).where(job.c.kind == KIND, job.c.state.in_(UNFINISHED))
    if conn.execute(waiting).scalar_one() >= MOST_WAITING:
        raise TooManyAuditsError
