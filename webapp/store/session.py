"""Connections to the experiment store: many readers, one writer at a time in a process.

On SQLite a transaction that reads and then writes meets lock errors whatever the timeout, so writers say
`BEGIN IMMEDIATE` and queue at a gate before they queue at the file. PostgreSQL needs neither.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import Flask, current_app, g
from sqlalchemy import Connection, Engine, create_engine, event, make_url

from webapp.store.direct import run
from webapp.store.tables import run as run_table
from webapp.store.tables import value

BUSY_SECONDS = 10
POOL_SIZE = 16


@dataclass(frozen=True)
class Store:
    """The experiment store as one process sees it: MLflow's tables and ours behind one engine."""

    engine: Engine
    _gate: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def is_sqlite(self) -> bool:
        """Whether the store is a file."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection in a transaction that is rolled back at the end: on SQLite one snapshot."""
        with self.engine.connect() as conn:
            yield conn

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Yield a connection on which every statement sees the store as it was at the first."""
        with self.engine.connect() as conn:
            if not self.is_sqlite:  # there each statement sees the present, unless told otherwise
                conn.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                conn.exec_driver_sql(
                    f"LOCK TABLE {run_table.name}, {value.name} IN ACCESS SHARE MODE"
                )  # see `replacing`
            yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection in a transaction that commits at the end, or rolls back if the block raises.

        Never open one within another in the same thread: the inner one would wait for the outer one.
        """
        with self._gate if self.is_sqlite else nullcontext(), self._writer.begin() as conn:
            yield conn

    @cached_property
    def _writer(self) -> Engine:
        """The engine, for transactions that begin by keeping other writers out."""
        return self.engine.execution_options(proctor_writes=True)

    def close(self) -> None:
        """Close every idle connection."""
        self.engine.dispose()


def open_store(database_url: str) -> Store:
    """Open the store at a SQLAlchemy URL; nothing is connected, created or migrated yet.

    What a statement was given stands in no error message: among it are people's data, and messages end up in logs.
    """
    if make_url(database_url).get_backend_name() != "sqlite":
        return Store(create_engine(database_url, pool_pre_ping=True, pool_size=POOL_SIZE, hide_parameters=True))
    # The last one used comes first: it still has in memory what it read and wrote, and the others would read it again.
    options: dict[str, Any] = {"pool_size": POOL_SIZE, "pool_use_lifo": True, "hide_parameters": True}
    engine = create_engine(database_url, connect_args={"timeout": BUSY_SECONDS}, **options)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return Store(engine)


def _prepare_sqlite(dbapi_connection: Any, _record: object) -> None:
    dbapi_connection.isolation_level = None  # we say BEGIN ourselves
    cursor = dbapi_connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def _begin_sqlite(conn: Connection) -> None:
    writes = conn.get_execution_options().get("proctor_writes", False)
    run(conn, "BEGIN IMMEDIATE" if writes else "BEGIN")


def bind_store(app: Flask, store: Store) -> None:
    """Make `store` the app's, and close each request's reading connection at its end."""
    app.extensions["proctor_store"] = store
    app.teardown_appcontext(end_reading)


def current_store() -> Store:
    """Return the store of the app that is serving."""
    store: Store = current_app.extensions["proctor_store"]
    return store


def reading() -> Connection:
    """Return this request's reading connection, opened at its first use.

    On SQLite all that a request reads is of one moment; a write in the same request is seen after `end_reading`.
    """
    if "proctor_reading" not in g:
        g.proctor_reading = current_store().engine.connect()
    conn: Connection = g.proctor_reading
    return conn


def end_reading(_error: BaseException | None = None) -> None:
    """Close this request's reading connection, so that the next `reading` sees the present."""
    conn: Connection | None = g.pop("proctor_reading", None)
    if conn is not None:
        conn.close()
