"""The files that were sent."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from webapp.jobs.queue import Job, find_job, read_job
from webapp.predict.files.actions import KIND
from webapp.store.tables import job


def find_file(conn: Connection, job_id: str) -> Job | None:
    """Find the job of one file; another kind of job is none, and neither is one that was deleted."""
    found = find_job(conn, job_id)
    is_there = found is not None and found.kind == KIND and not (found.result or {}).get("deleted")
    return found if is_there else None


def list_files(conn: Connection, owner: str | None, ids: Sequence[str], limit: int) -> tuple[Job, ...]:
    """List somebody's last files, newest first: those of an account by its name, else those with these ids."""
    mine = job.c.created_by == owner if owner is not None else job.c.id.in_(ids)
    rows = conn.execute(select(job).where(job.c.kind == KIND, mine).order_by(job.c.number.desc()).limit(limit))
    files = (read_job(row) for row in rows)
    return tuple(found for found in files if not (found.result or {}).get("deleted"))
