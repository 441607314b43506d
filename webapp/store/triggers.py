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
_ROWS = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}

# On PostgreSQL a note of another transaction proves nothing (it may be taken before we commit), so there is one a run
# and transaction. MLflow's client sends each value as a statement of its own: which run was noted last is kept in a
# setting, which ends with the transaction and goes back with a savepoint, as the note does.
# What writes the note runs as its owner, so that whoever may write to MLflow's tables needs no right to ours.
_NOTED = "proctor.noted"
_POSTGRESQL_NOTE = """
CREATE OR REPLACE FUNCTION {schema}.proctor_note(run text) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO proctor_changed_run (run_id, is_taken) VALUES (run, false);
END $$
"""
_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION {schema}.proctor_note_{event}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
{checks}
    RETURN NULL;
END $$
"""
_POSTGRESQL_CHECK = f"""
    IF current_setting('{_NOTED}', true) IS DISTINCT FROM {{row}}.run_uuid THEN
        PERFORM {{schema}}.proctor_note({{row}}.run_uuid);
        PERFORM set_config('{_NOTED}', {{row}}.run_uuid, true);
    END IF;
"""


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
    for statement in _sqlite_triggers() if conn.dialect.name == "sqlite" else _postgresql_triggers(conn):
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
        conn.exec_driver_sql("DROP FUNCTION IF EXISTS proctor_note(text)")


def forget_noted(conn: Connection) -> None:
    """Have this transaction note its next change, though it be of the run that it noted last: notes were taken."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT set_config(:name, '', true)"), {"name": _NOTED})


def _sqlite_triggers() -> list[str]:
    return [
        f"CREATE TRIGGER proctor_{table}_{event} AFTER {event} ON {table} BEGIN {notes} END"
        for table in WATCHED
        for event in EVENTS
        for notes in [" ".join(_SQLITE_NOTE.format(row=row) for row in _ROWS[event])]
    ]


def _postgresql_triggers(conn: Connection) -> list[str]:
    schema = conn.execute(text("SELECT quote_ident(current_schema())")).scalar_one()
    functions = [_POSTGRESQL_NOTE.format(schema=schema)]
    for event, rows in _ROWS.items():
        checks = "".join(_POSTGRESQL_CHECK.format(schema=schema, row=row) for row in rows)
        functions.append(_POSTGRESQL_FUNCTION.format(schema=schema, event=event, checks=checks))
    return functions + [
        f"CREATE TRIGGER proctor_{table}_{event} AFTER {event} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {schema}.proctor_note_{event}()"
        for table in WATCHED
        for event in EVENTS
    ]
