"""What is waiting, for the first page and the top bar."""

from __future__ import annotations

from sqlalchemy import Connection, func, literal, select

from webapp.store.direct import Direct
from webapp.store.tables import job

# Elements, and not a list to be expanded at each execution: every page asks.
_UNFINISHED = Direct(
    select(func.count()).select_from(job).where(job.c.state.in_([literal("queued"), literal("running")]))
)


def count_unfinished_jobs(conn: Connection) -> int:
    """Count the jobs that wait or run."""
    counted = _UNFINISHED.find(conn)
    return counted[0] if counted else 0
