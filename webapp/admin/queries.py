"""What the admin page reads beside the jobs."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from webapp.runs.edit.queries import RUN_DELETED
from webapp.store.tables import event, user


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in."""

    name: str
    role: str
    is_enabled: bool
    created_at: int


@dataclass(frozen=True)
class Event:
    """Something that somebody did."""

    at: int
    user_name: str
    action: str
    subject: str
    detail: str


def list_accounts(conn: Connection) -> tuple[Account, ...]:
    """List all accounts by name."""
    rows = conn.execute(select(user).order_by(user.c.name))
    return tuple(Account(row.name, row.role, row.is_enabled, row.created_at) for row in rows)


def list_events(conn: Connection, limit: int) -> tuple[Event, ...]:
    """List the last events, newest first; of runs deleted for good only the one that tells of all of a job's."""
    query = select(event).where(event.c.action != RUN_DELETED).order_by(event.c.id.desc())
    rows = conn.execute(query.limit(limit))
    return tuple(Event(row.at, row.user_name, row.action, row.subject, row.detail) for row in rows)
