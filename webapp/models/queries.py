"""The registry as MLflow's own tables hold it, with what Proctor tagged on each version."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, and_, select

from webapp.audit.verdicts import AUDIT_TAG
from webapp.store.mlflow_tables import (
    DEFAULT_WORKSPACE,
    model_version_tags,
    model_versions,
    registered_model_aliases,
    runs,
)
from webapp.store.mlflow_tables import tags as run_tags
from webapp.store.tables import event

CHAMPION = "champion"
CHALLENGER = "challenger"
PROMOTE = "promote"
PROMOTE_DESPITE_AUDIT = "promote_despite_audit"
"""The two actions in the log of events: a promotion against the audit is never mistaken for another."""


@dataclass(frozen=True)
class ModelVersion:
    """A registered version. `onnx_sha256` is of the bytes that may be served; empty where none may."""

    name: str
    version: int
    run_id: str | None
    artifact_uri: str | None
    created_at: int | None
    family: str
    aliases: tuple[str, ...]
    onnx_sha256: str
    onnx_path: str
    card_missing: tuple[str, ...] | None
    """Required parts that the model card lacks; None where no card was written, as by an older Proctor."""
    audit: str = ""
    """The verdict of its run's audit, as tagged when it was registered; empty where nobody examined it."""

    @property
    def is_champion(self) -> bool:
        """Whether it answers today."""
        return CHAMPION in self.aliases


@dataclass(frozen=True)
class Decision:
    """Who made a version champion, when, and why; and whether its audit had failed."""

    at: int
    user_name: str
    version: str
    reason: str
    is_despite_audit: bool


def find_champion(conn: Connection, name: str) -> ModelVersion | None:
    """Find the version that answers today."""
    row = conn.execute(
        select(registered_model_aliases.c.version).where(
            registered_model_aliases.c.workspace == DEFAULT_WORKSPACE,
            registered_model_aliases.c.name == name,
            registered_model_aliases.c.alias == CHAMPION,
        )
    ).one_or_none()
    return find_version(conn, name, row.version) if row else None


def find_version(conn: Connection, name: str, version: int) -> ModelVersion | None:
    """Find one version."""
    found = _list(conn, name, version)
    return found[0] if found else None


def list_versions(conn: Connection, name: str) -> tuple[ModelVersion, ...]:
    """List every version, newest first."""
    return _list(conn, name)


def list_decisions(conn: Connection, name: str, limit: int = 20) -> tuple[Decision, ...]:
    """List who promoted what, newest first."""
    rows = conn.execute(
        select(event.c.at, event.c.user_name, event.c.subject, event.c.detail, event.c.action)
        .where(
            event.c.action.in_((PROMOTE, PROMOTE_DESPITE_AUDIT)),
            event.c.subject.startswith(f"{name} v", autoescape=True),
        )
        .order_by(event.c.at.desc())
        .limit(limit)
    )
    return tuple(
        Decision(
            at=row.at,
            user_name=row.user_name,
            version=row.subject.rpartition(" v")[2],
            reason=row.detail,
            is_despite_audit=row.action == PROMOTE_DESPITE_AUDIT,
        )
        for row in rows
    )


def _list(conn: Connection, name: str, version: int | None = None) -> tuple[ModelVersion, ...]:
    key = [model_versions.c.workspace == DEFAULT_WORKSPACE, model_versions.c.name == name]
    if version is not None:
        key.append(model_versions.c.version == version)
    rows = conn.execute(
        select(
            model_versions.c.version,
            model_versions.c.run_id,
            model_versions.c.creation_time,
            runs.c.artifact_uri,
            run_tags.c.value.label("run_audit"),
        )
        .outerjoin(runs, runs.c.run_uuid == model_versions.c.run_id)
        .outerjoin(run_tags, and_(run_tags.c.run_uuid == model_versions.c.run_id, run_tags.c.key == AUDIT_TAG))
        .where(and_(*key))
        .order_by(model_versions.c.version.desc())
    ).all()
    tags, aliases = _tags(conn, name, version), _aliases(conn, name)
    return tuple(
        ModelVersion(
            name=name,
            version=row.version,
            run_id=row.run_id,
            artifact_uri=row.artifact_uri,
            created_at=row.creation_time,
            family=tags.get((row.version, "proctor.family"), ""),
            aliases=tuple(alias for alias, of in aliases if of == row.version),
            onnx_sha256=tags.get((row.version, "proctor.onnx_sha256"), ""),
            onnx_path=tags.get((row.version, "proctor.onnx_path"), ""),
            card_missing=_split_parts(tags.get((row.version, "proctor.card_missing"))),
            audit=tags.get((row.version, AUDIT_TAG)) or row.run_audit or "",
        )
        for row in rows
    )


def _split_parts(tag: str | None) -> tuple[str, ...] | None:
    return None if tag is None else tuple(part for part in tag.split(",") if part)


def _tags(conn: Connection, name: str, version: int | None) -> dict[tuple[int, str], str]:
    query = select(model_version_tags.c.version, model_version_tags.c.key, model_version_tags.c.value).where(
        model_version_tags.c.workspace == DEFAULT_WORKSPACE, model_version_tags.c.name == name
    )
    if version is not None:
        query = query.where(model_version_tags.c.version == version)
    return {(row.version, row.key): row.value or "" for row in conn.execute(query)}


def _aliases(conn: Connection, name: str) -> list[tuple[str, int]]:
    rows = conn.execute(
        select(registered_model_aliases.c.alias, registered_model_aliases.c.version)
        .where(registered_model_aliases.c.workspace == DEFAULT_WORKSPACE, registered_model_aliases.c.name == name)
        .order_by(registered_model_aliases.c.alias)
    )
    return [(row.alias, row.version) for row in rows]
