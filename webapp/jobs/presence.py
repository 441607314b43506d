"""Which workers are there: a page must be able to tell a long wait from nobody listening."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from webapp.store.session import Store
from webapp.store.tables import worker

SIGN_EVERY = 5_000
GONE_AFTER = 15_000
FORGOTTEN_AFTER = 3_600_000
"""Milliseconds: between two signs of life, until a silent worker counts as gone, and until its row is deleted."""


@dataclass(frozen=True)
class WorkerSeen:
    """A worker that gave a sign of life not long ago."""

    owner: str
    started_at: int
    seen_at: int


def sign_in(store: Store, owner: str, started_at: int, now: int) -> None:
    """Give a sign of life, and delete the rows of workers that died long ago."""
    with store.write() as conn:
        seen = conn.execute(update(worker).where(worker.c.owner == owner).values(seen_at=now))
        if seen.rowcount == 0:
            conn.execute(insert(worker).values(owner=owner, started_at=started_at, seen_at=now))
        conn.execute(delete(worker).where(worker.c.seen_at < now - FORGOTTEN_AFTER))


def sign_out(store: Store, owner: str) -> None:
    """Say that this worker is leaving."""
    with store.write() as conn:
        conn.execute(delete(worker).where(worker.c.owner == owner))


def list_workers(conn: Connection, now: int) -> tuple[WorkerSeen, ...]:
    """List the workers that are there, the longest-serving first."""
    rows = conn.execute(select(worker).where(worker.c.seen_at >= now - GONE_AFTER).order_by(worker.c.started_at))
    return tuple(WorkerSeen(row.owner, row.started_at, row.seen_at) for row in rows)
