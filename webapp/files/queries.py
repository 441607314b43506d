"""Reads about the fetching of files."""

from __future__ import annotations

from sqlalchemy import Connection, select

from webapp.jobs.queue import Job, read_job
from webapp.store.tables import job

KIND = "artifacts"
LOOKED_AT = 200
"""Of the fetchings of all runs, the newest."""


def find_fetching(conn: Connection, run_id: str) -> Job | None:
    """Find the last job that was to fetch the files of a run."""
    rows = conn.execute(select(job).where(job.c.kind == KIND).order_by(job.c.number.desc()).limit(LOOKED_AT))
    return next((found for found in map(read_job, rows) if found.params.get("run_id") == run_id), None)
