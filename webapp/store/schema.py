"""Whether the store has the schema that this code expects, found out without MLflow, pandas or Alembic.

Only `alembic upgrade head` changes a schema. For an embedded SQLite store the app runs it by itself, in a process of
its own because MLflow's revisions import MLflow.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Engine, column, inspect, select, table
from sqlalchemy.exc import DBAPIError

from ml.settings import PREFIX, ROOT, Settings
from webapp.store.session import Store, open_store
from webapp.store.triggers import missing_triggers

MLFLOW_HEAD = "dc11669786a5"
PROCTOR_HEAD = "0005"
VERSION_TABLE = "alembic_version_proctor"
_VERSIONS = ("alembic_version", VERSION_TABLE)

log = logging.getLogger(__name__)


class SchemaError(RuntimeError):
    """The store has not the schema that this code expects; the message says what to do."""


class SchemaState(StrEnum):
    """What `check_schema` finds. `behind` is any schema but ours: older, half adopted, or of a newer release."""

    CURRENT = "current"
    MISSING = "missing"
    BEHIND = "behind"


def check_schema(engine: Engine) -> SchemaState:
    """Compare both revisions and our triggers with what this code expects; creates no file."""
    if engine.dialect.name == "sqlite" and not Path(str(engine.url.database)).exists():
        return SchemaState.MISSING
    with engine.connect() as conn:
        tables = set(inspect(conn).get_table_names())
        if not tables & {"alembic_version", "experiments", VERSION_TABLE}:
            return SchemaState.MISSING
        if set(_VERSIONS) - tables:
            return SchemaState.BEHIND
        found = [conn.execute(select(column("version_num")).select_from(table(name))).scalar() for name in _VERSIONS]
        is_current = found == [MLFLOW_HEAD, PROCTOR_HEAD] and not missing_triggers(conn)
    return SchemaState.CURRENT if is_current else SchemaState.BEHIND


def ensure_schema(settings: Settings) -> None:
    """Bring an embedded store to this code's schema; require of any other store that it has it.

    Raises
    ------
    SchemaError
        If the store is missing or behind and is not ours to migrate, or if migrating it failed.
    """
    store = open_store(settings.database_url)
    try:
        state = _find_state(store)
    finally:
        store.close()
    if state is SchemaState.CURRENT:
        return
    if not settings.is_embedded:
        raise _refuse(state)
    log.warning("the store's schema is %s: running alembic upgrade head (a new store takes about ten seconds)", state)
    _upgrade_apart(settings)


def require_schema(store: Store) -> None:
    """Require this code's schema of a store that others bring up to date.

    Raises
    ------
    SchemaError
        If the store cannot be reached, is missing or is behind.
    """
    state = _find_state(store)
    if state is not SchemaState.CURRENT:
        raise _refuse(state)


def _find_state(store: Store) -> SchemaState:
    try:
        return check_schema(store.engine)
    except DBAPIError as error:
        raise SchemaError(f"the store cannot be reached: {_first_line(error.orig)}") from error


def _refuse(state: SchemaState) -> SchemaError:
    return SchemaError(f"the store's schema is {state}: run `alembic upgrade head`, then start again")


def _first_line(error: object) -> str:
    return next(iter(str(error).strip().splitlines()), "no reason given")


def _upgrade_apart(settings: Settings) -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    environ[f"{PREFIX}DATABASE_URL"] = settings.database_url
    command = [sys.executable, "-m", "alembic", "--config", str(ROOT / "alembic.ini"), "upgrade", "head"]
    done = subprocess.run(  # noqa: S603  our own program; the URL goes through the environment
        command, env=environ, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise SchemaError(f"`alembic upgrade head` failed: {said[-1] if said else 'it said nothing'}")
