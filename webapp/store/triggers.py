"""Triggers on MLflow's tables that note the id of every run that anybody wrote, changed or deleted.

They belong to no single revision: `migrations/env.py` installs them after any upgrade that ran, and again where they
are missing, because a batch migration of MLflow's rebuilds a SQLite table and loses the triggers on it.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

WATCHED = ("runs", "latest_metrics", "params", "tags")
EVENTS = ("insert", "update", "delete")
NAMES = frozenset(f"proctor_{table}_{event}" for table in WATCHED for event in EVENTS)

# SQLite has one writer at a time, so a note that is there now is still there when this writer commits: one is enough.
_SQLITE_NOTE = (
    "INSERT INTO proctor_changed_run (run_id, is_taken) SELECT {row}.run_uuid, 0 "
    "WHERE NOT EXISTS (SELECT 1 FROM proctor_changed_run WHERE run_id = {row}.run_uuid);"
)
_SQLITE_ROWS = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}

# PostgreSQL notes once a statement. A note of another transaction proves nothing (it may be taken before we commit).
# The functions run as their owner, so that whoever may write to MLflow's tables needs no right to ours.
_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION proctor_note_{event}() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO proctor_changed_run (run_id, is_taken) SELECT run_uuid, false FROM ({rows}) AS touched;
    RETURN NULL;
END $$
"""
_POSTGRESQL_ROWS = {
    "insert": ("NEW TABLE AS after_rows", "SELECT DISTINCT run_uuid FROM after_rows"),
    "update": (
        "OLD TABLE AS before_rows NEW TABLE AS after_rows",
        "SELECT run_uuid FROM before_rows UNION SELECT run_uuid FROM after_rows",
    ),
    "delete": ("OLD TABLE AS before_rows", "SELECT DISTINCT run_uuid FROM before_rows"),
}


def missing_triggers(conn: Connection) -> frozenset[str]:
    """Name the triggers of ours that the database lacks."""
    if conn.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = (
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D' "
            "AND tgrelid IN (to_regclass('runs'), to_regclass('latest_metrics'), "
            "to_regclass('params'), to_regclass('tags'))"
        )
    return NAMES - frozenset(conn.execute(text(query)).scalars())


def install_triggers(conn: Connection) -> None:
    """Create every trigger anew."""
    remove_triggers(conn)
    for statement in _sqlite_triggers() if conn.dialect.name == "sqlite" else _postgresql_triggers():
        conn.exec_driver_sql(statement)


def remove_triggers(conn: Connection) -> None:
    """Drop every trigger of ours, so that MLflow's tables are as MLflow made them."""
    is_sqlite = conn.dialect.name == "sqlite"
    for table in WATCHED:
        for event in EVENTS:
            place = "" if is_sqlite else f" ON {table}"
            conn.exec_driver_sql(f"DROP TRIGGER IF EXISTS proctor_{table}_{event}{place}")
    if not is_sqlite:
        for event in EVENTS:
            conn.exec_driver_sql(f"DROP FUNCTION IF EXISTS proctor_note_{event}()")


def _sqlite_triggers() -> list[str]:
    return [
        f"CREATE TRIGGER proctor_{table}_{event} AFTER {event} ON {table} BEGIN {notes} END"
        for table in WATCHED
        for event in EVENTS
        for notes in [" ".join(_SQLITE_NOTE.format(row=row) for row in _SQLITE_ROWS[event])]
    ]


def _postgresql_triggers() -> list[str]:
    functions = [_POSTGRESQL_FUNCTION.format(event=event, rows=_POSTGRESQL_ROWS[event][1]) for event in EVENTS]
    return functions + [
        f"CREATE TRIGGER proctor_{table}_{event} AFTER {event} ON {table} "
        f"REFERENCING {_POSTGRESQL_ROWS[event][0]} FOR EACH STATEMENT EXECUTE FUNCTION proctor_note_{event}()"
        for table in WATCHED
        for event in EVENTS
    ]
