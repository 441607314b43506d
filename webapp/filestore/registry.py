"""A registered model → MLflow's registry tables: what is here already is never renumbered, and no alias moved."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert, select

from webapp.filestore.artifacts import Moves
from webapp.filestore.files import META
from webapp.filestore.rows import ensure_row, ensure_rows, match
from webapp.filestore.values import FileModel, FileVersion, Notice, Problem, make_digest
from webapp.filestore.writing import DIGEST_TAG, Outcome, lock_imports
from webapp.store.mlflow_tables import (
    DEFAULT_WORKSPACE,
    model_version_tags,
    model_versions,
    registered_model_aliases,
    registered_model_tags,
    registered_models,
)

_ORIGIN = ("creation_time", "run_id")


def write_model(conn: Connection, model: FileModel, moves: Moves, notice: Notice) -> Outcome:
    """Write a registered model with its versions and aliases."""
    lock_imports(conn)
    owner, digest = {"workspace": DEFAULT_WORKSPACE, "name": model.name}, make_digest(model)
    known = select(registered_model_tags.c.value).where(*match(registered_model_tags, owner | {"key": DIGEST_TAG}))
    if conn.execute(known).scalar() == digest:
        return Outcome.UNCHANGED
    is_new = ensure_row(conn, registered_models, owner, model.columns)
    for version in model.versions:
        if _write_version(conn, owner, version, moves):
            texts = {key: {"value": value} for key, value in version.tags.items()}
            ensure_rows(conn, model_version_tags, owner | {"version": version.version}, "key", texts)
        else:
            notice(Problem(version.folder / META, f"is another version {version.version} than the one that is here"))
    aliases = {alias: {"version": version} for alias, version in model.aliases.items()}
    ensure_rows(conn, registered_model_aliases, owner, "alias", aliases, may_update=False)
    marks = {key: {"value": value} for key, value in (dict(model.tags) | {DIGEST_TAG: digest}).items()}
    ensure_rows(conn, registered_model_tags, owner, "key", marks)
    return Outcome.NEW if is_new else Outcome.GROWN


def _write_version(conn: Connection, owner: dict[str, str], version: FileVersion, moves: Moves) -> bool:
    """Write a version; False where another has its number."""
    key: dict[str, Any] = owner | {"version": version.version}
    columns = dict(version.columns)
    for name in ("source", "storage_location"):
        columns[name] = moves.follow(columns[name])
    found = conn.execute(select(model_versions).where(*match(model_versions, key))).mappings().one_or_none()
    if found is None:
        conn.execute(insert(model_versions).values(**key, **columns))
        return True
    if any(found[name] != columns[name] for name in _ORIGIN):
        return False
    ensure_row(conn, model_versions, key, {name: columns[name] for name in ("description", "current_stage", "status")})
    return True
