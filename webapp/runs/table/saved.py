"""Views of the run table that somebody keeps under a name: reads and writes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select

from webapp.store.session import Store
from webapp.store.tables import view
from webapp.store.values import upsert

LONGEST_NAME, LONGEST_QUERY, MOST_VIEWS = 100, 8_000, 100


@dataclass(frozen=True)
class SavedView:
    """A state of the table under a name; `query` is that of its address."""

    id: int
    name: str
    query: str


class ViewError(ValueError):
    """The view cannot be kept; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def list_views(conn: Connection, user_id: int) -> tuple[SavedView, ...]:
    """List somebody's views by name."""
    found = conn.execute(select(view.c.id, view.c.name, view.c.query).where(view.c.user_id == user_id))
    return tuple(
        sorted((SavedView(row.id, row.name, row.query) for row in found), key=lambda kept: kept.name.casefold())
    )


def keep_view(store: Store, user_id: int, name: str, query: str, now: int) -> None:
    """Keep a view, in place of the one that has the same name.

    Raises
    ------
    ViewError
        `no_name`, `long_name`, `long_query`, or `too_many`.
    """
    name = " ".join(name.split())
    if not name:
        raise ViewError("no_name")
    if len(name) > LONGEST_NAME:
        raise ViewError("long_name")
    if len(query) > LONGEST_QUERY:
        raise ViewError("long_query")
    with store.write() as conn:
        others = select(func.count()).select_from(view).where(view.c.user_id == user_id, view.c.name != name)
        if conn.execute(others).scalar_one() >= MOST_VIEWS:
            raise ViewError("too_many")
        write = upsert(conn, view).values(user_id=user_id, name=name, query=query, created_at=now)
        conn.execute(write.on_conflict_do_update(index_elements=["user_id", "name"], set_={"query": query}))


def drop_view(store: Store, user_id: int, view_id: int) -> None:
    """Forget one of somebody's views; nothing happens where it is gone or somebody else's."""
    with store.write() as conn:
        conn.execute(delete(view).where(view.c.user_id == user_id, view.c.id == view_id))
