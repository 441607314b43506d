"""The few writes to MLflow's registry tables of which every action is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, TableClause, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from webapp.models.gates import RefusedError
from webapp.models.listing import RegisteredModel, find_model
from webapp.models.queries import DELETED, of_model
from webapp.store.mlflow_tables import (
    DEFAULT_WORKSPACE,
    model_version_tags,
    model_versions,
    registered_model_aliases,
    registered_model_tags,
    registered_models,
)
from webapp.store.session import Store

REDACTED = {"source": "REDACTED-SOURCE-PATH", "run_id": "REDACTED-RUN-ID", "run_link": "REDACTED-RUN-LINK"}
"""What MLflow leaves of a version that it deletes."""


@contextmanager
def deciding(store: Store, name: str) -> Iterator[tuple[Connection, RegisteredModel]]:
    """Yield a transaction in which nobody else decides about the same model.

    On SQLite no other writes at all; on PostgreSQL the model's row is held, as MLflow's own changes hold it.

    Raises
    ------
    RefusedError
        `no_model` where there is none of that name.
    """
    with store.write() as conn:
        query = select(registered_models.c.name).where(*of_model(registered_models, name))
        conn.execute(query.with_for_update(key_share=True))
        model = find_model(conn, name)
        if model is None:
            raise RefusedError("no_model")
        yield conn, model


def set_alias(conn: Connection, name: str, alias: str, version: int) -> None:
    """Point an alias at a version, wherever it pointed before."""
    _put(conn, registered_model_aliases, {"name": name, "alias": alias}, {"version": version})


def drop_alias(conn: Connection, name: str, alias: str) -> None:
    """Take an alias away."""
    aliases = registered_model_aliases
    conn.execute(delete(aliases).where(*of_model(aliases, name), aliases.c.alias == alias))


def drop_aliases(conn: Connection, name: str, version: int) -> None:
    """Take every alias away from a version."""
    aliases = registered_model_aliases
    conn.execute(delete(aliases).where(*of_model(aliases, name), aliases.c.version == version))


def set_tag(conn: Connection, name: str, version: int, key: str, value: str) -> None:
    """Tag a version."""
    _put(conn, model_version_tags, {"name": name, "version": version, "key": key}, {"value": value})


def drop_tag(conn: Connection, name: str, version: int, key: str) -> None:
    """Take a tag away from a version."""
    tags = model_version_tags
    conn.execute(delete(tags).where(*of_model(tags, name), tags.c.version == version, tags.c.key == key))


def set_model_tag(conn: Connection, name: str, key: str, value: str) -> None:
    """Tag a registered model."""
    _put(conn, registered_model_tags, {"name": name, "key": key}, {"value": value})


def drop_model_tag(conn: Connection, name: str, key: str) -> None:
    """Take a tag away from a registered model."""
    tags = registered_model_tags
    conn.execute(delete(tags).where(*of_model(tags, name), tags.c.key == key))


def change_model(conn: Connection, name: str, now: int, **values: Any) -> None:
    """Change columns of a registered model, and note when."""
    models = registered_models
    conn.execute(update(models).where(*of_model(models, name)).values(last_updated_time=now, **values))


def change_version(conn: Connection, name: str, version: int, now: int, **values: Any) -> None:
    """Change columns of a version, and note when."""
    versions = model_versions
    where = (*of_model(versions, name), versions.c.version == version)
    conn.execute(update(versions).where(*where).values(last_updated_time=now, **values))


def empty_version(conn: Connection, name: str, version: int, now: int) -> None:
    """Leave of a version what MLflow's `delete_model_version` leaves: its number, its tags and when it went."""
    drop_aliases(conn, name, version)
    gone = {"description": None, "user_id": None, "status_message": None, "current_stage": DELETED}
    change_version(conn, name, version, now, **gone, **REDACTED)
    change_model(conn, name, now)


def _put(conn: Connection, table: TableClause, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Insert a row, or change the one that somebody put there meanwhile."""
    whole = {"workspace": DEFAULT_WORKSPACE, **key}
    dialect = sqlite if conn.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table).values(**whole, **values)
    conn.execute(statement.on_conflict_do_update(index_elements=list(whole), set_=dict(values)))
