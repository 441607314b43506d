"""Alembic's environment: MLflow's revisions and ours, in one locked transaction, on the store that the settings name.

SQLite is locked by BEGIN IMMEDIATE and PostgreSQL by an advisory lock, so of two starters one runs and the other then
finds nothing to do. A failure anywhere leaves the store as it was.
"""

from __future__ import annotations

import logging.config
import time
from pathlib import Path
from typing import Any

from alembic import context
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, inspect, pool, text
from sqlalchemy.exc import OperationalError

from migrations.mlflow_schema import find_revision, upgrade_mlflow
from migrations.safety import find_orphans, require_no_new_orphans, secure_older_store
from ml.settings import Settings, SettingsError, read_settings
from webapp.store.projection import rebuild_rows
from webapp.store.schema import MLFLOW_HEAD, VERSION_TABLE
from webapp.store.tables import metadata
from webapp.store.triggers import install_triggers, missing_triggers, remove_triggers

ADVISORY_LOCK = 7_207_110_001
LOCK_SECONDS = 900  # a second starter waits while the first migrates a large store
log = logging.getLogger("proctor.migrations")
WRITERS = {"upgrade", "downgrade", "stamp"}


def main() -> None:
    """Run the command that was asked for."""
    if context.is_offline_mode():
        raise CommandError("--sql cannot be had: MLflow's revisions read the database that they change")
    settings = _settings()
    command = _command()
    if context.config.cmd_opts is not None and context.config.config_file_name:
        logging.config.fileConfig(context.config.config_file_name, disable_existing_loggers=False)
    engine = make_engine(settings, locked=command in WRITERS)
    try:
        with engine.begin() as conn:
            _run(conn, settings, command)
        if command == "upgrade" and settings.is_embedded:
            set_wal(engine)
    except OperationalError as error:
        raise CommandError(f"the store cannot be used: {str(error.orig).strip()}") from error
    finally:
        engine.dispose()


def _settings() -> Settings:
    try:
        return read_settings()
    except SettingsError as error:
        raise CommandError(str(error)) from error


def _command() -> str:
    """Name the Alembic command; called from Python rather than the command line, it is taken for an upgrade."""
    chosen = getattr(context.config.cmd_opts, "cmd", None)
    return chosen[0].__name__ if chosen else "upgrade"


def make_engine(settings: Settings, *, locked: bool) -> Engine:
    """Make an engine whose transactions hold the store's one migration lock if `locked`."""
    if not settings.is_embedded:
        return create_engine(settings.database_url, poolclass=pool.NullPool)
    Path(settings.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(settings.database_url, poolclass=pool.NullPool, connect_args={"timeout": LOCK_SECONDS})

    @event.listens_for(engine, "connect")
    def _connect(dbapi_connection: Any, _record: object) -> None:
        dbapi_connection.isolation_level = None
        dbapi_connection.execute("PRAGMA foreign_keys = OFF")  # batch mode would delete the children of what it copies

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        conn.exec_driver_sql("BEGIN IMMEDIATE" if locked else "BEGIN")

    return engine


def _run(conn: Connection, settings: Settings, command: str) -> None:
    if conn.dialect.name == "postgresql" and command in WRITERS:
        conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
    context.configure(
        connection=conn,
        target_metadata=metadata,
        version_table=VERSION_TABLE,
        include_name=lambda name, kind, _parents: kind != "table" or name in metadata.tables,
        render_as_batch=True,
        transactional_ddl=True,
    )
    run = {"upgrade": _upgrade, "downgrade": _downgrade}.get(command, lambda *_: _run_ours())
    run(conn, settings)


def _upgrade(conn: Connection, settings: Settings) -> None:
    revision = find_revision(conn)
    if revision == MLFLOW_HEAD and _is_ours_current(conn):
        log.info("the store is up to date")
        return
    orphans = find_orphans(conn)
    if revision != MLFLOW_HEAD:
        if revision is not None:
            secure_older_store(conn, revision, backup_done=settings.backup_done)
        log.info("MLflow's schema: %s → %s", revision or "nothing", MLFLOW_HEAD)
        upgrade_mlflow(conn, revision)
    log.info("Proctor's schema: %s → %s", _ours() or "nothing", context.get_head_revision())
    _run_ours()
    install_triggers(conn)
    rebuild_rows(conn)
    require_no_new_orphans(conn, orphans)


def _is_ours_current(conn: Connection) -> bool:
    return _ours() == context.get_head_revision() and not missing_triggers(conn)


def _ours() -> str | None:
    return context.get_context().get_current_revision()


def _downgrade(conn: Connection, _settings: Settings) -> None:
    remove_triggers(conn)
    _run_ours()
    if inspect(conn).has_table("proctor_changed_run"):
        install_triggers(conn)
    if _ours() is None:
        conn.exec_driver_sql(f"DROP TABLE IF EXISTS {VERSION_TABLE}")


def _run_ours() -> None:
    with context.begin_transaction():
        context.run_migrations()


def set_wal(engine: Engine) -> None:
    """Put a SQLite file into WAL mode for good, so that readers and a writer do not wait for each other.

    SQLite answers "locked" at once where another connection is at work, so ask again for a while.
    """
    deadline = time.monotonic() + LOCK_SECONDS
    connection = engine.raw_connection()
    try:
        while True:
            try:
                connection.cursor().execute("PRAGMA journal_mode = WAL")
            except Exception as error:
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return
    finally:
        connection.close()


main()
