"""The registry's versions as MLflow's own tables hold them, with what Proctor tagged on each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    ScalarSelect,
    Select,
    TableClause,
    and_,
    bindparam,
    func,
    or_,
    select,
)

from ml.examination.audit import AUDIT_TAG
from webapp.models.stages import BEFORE_TAG, CHAMPION, RETIRED_TAG, Mark, Stage, find_stage, read_mark, read_version
from webapp.store.direct import Direct
from webapp.store.mlflow_tables import (
    DEFAULT_WORKSPACE,
    experiments,
    model_version_tags,
    model_versions,
    registered_model_aliases,
    runs,
)
from webapp.store.mlflow_tables import tags as run_tags

DELETED = "Deleted_Internal"
"""The stage of a version that MLflow counts as deleted: its row stays, emptied, and its number is not given again."""
READY = "READY"
GRAPH, APART = "onnx", "skops"
"""Kinds of files that may be served: a graph by this process, any other model by scikit-learn in a process apart."""
_SHA256_TAGS = {f"proctor.{kind}_sha256": kind for kind in (GRAPH, APART)}
Asked = tuple[int, str]
"""A version and the sha256 of the bytes that were cleared to answer for it; empty where none were."""


@dataclass(frozen=True)
class Source:
    """The run that a version was made from, as far as the store still knows it.

    `state` is `active`, `deleted` (MLflow can restore it), `gone` (for good), or `none` where none was named.
    """

    run_id: str | None = None
    state: str = "none"
    name: str = ""
    user_name: str = ""
    experiment: str = ""


@dataclass(frozen=True)
class ModelVersion:
    """A registered version. `file_sha256` is of the bytes that may be served; empty where none may."""

    name: str
    version: int
    run_id: str | None
    artifact_uri: str | None
    created_at: int | None
    family: str
    aliases: tuple[str, ...]
    file_sha256: str
    file_path: str
    card_missing: tuple[str, ...] | None
    """Required parts that the model card lacks; None where no card was written, as by an older Proctor."""
    audit: str = ""
    """The verdict of its run's audit, as tagged when it was registered; empty where nobody examined it."""
    source: Source = field(default_factory=Source)
    updated_at: int | None = None
    user_name: str = ""
    description: str = ""
    status: str = READY
    status_message: str = ""
    mlflow_stage: str = ""
    """MLflow's own stage, which MLflow gives up; empty where it is `None`."""
    place: str = ""
    """Where MLflow says that its files are."""
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def asked(self) -> Asked:
        """The version and the bytes that it stands for."""
        return self.version, self.file_sha256

    @property
    def is_apart(self) -> bool:
        """Whether a process apart answers by it, which takes a moment to start."""
        return find_kind(self.tags) == APART

    @property
    def stage(self) -> Stage:
        """Where it stands."""
        return find_stage(self.aliases, self.tags)

    @property
    def is_champion(self) -> bool:
        """Whether it answers today."""
        return CHAMPION in self.aliases

    @property
    def retired(self) -> Mark | None:
        """Who retired it, when and why; None where nobody did."""
        return read_mark(self.tags.get(RETIRED_TAG))

    @property
    def is_ready(self) -> bool:
        """Whether its registration came to its end."""
        return self.status == READY


def find_asked(conn: Connection, name: str) -> Asked | None:
    """Find which version is to answer today, and no more of it: every prediction asks."""
    found = _ASKED.find(conn, name=name)
    return None if found is None else (found[0], found[1] or "")


def find_champion(conn: Connection, name: str) -> ModelVersion | None:
    """Find the version that answers today, with all that is known of it."""
    found = _read(conn, name, _select(name).where(model_versions.c.version == _select_alias(name, CHAMPION)))
    return found[0] if found else None


def find_alias(conn: Connection, name: str, alias: str) -> int | None:
    """Find the version that an alias points at."""
    found: int | None = conn.execute(select(_select_alias(name, alias))).scalar()
    return found


def find_version(conn: Connection, name: str, version: int) -> ModelVersion | None:
    """Find one version; one that was deleted is none."""
    if read_version(version) is None:
        return None
    found = _read(conn, name, _select(name).where(model_versions.c.version == version))
    return found[0] if found else None


def list_versions(
    conn: Connection, name: str, *, below: int | None = None, limit: int | None = None
) -> tuple[ModelVersion, ...]:
    """List the versions, newest first: all, or `limit` of those whose number is `below` one."""
    query = _select(name).order_by(model_versions.c.version.desc()).limit(limit)
    return _read(conn, name, query if below is None else query.where(model_versions.c.version < below))


def list_retired(versions: Sequence[ModelVersion]) -> tuple[ModelVersion, ...]:
    """Those of some versions that are folded away."""
    return tuple(version for version in versions if version.stage is Stage.RETIRED)


def count_versions(conn: Connection, name: str) -> int:
    """Count the versions that were not deleted."""
    query = select(func.count()).select_from(model_versions).where(*of_model(model_versions, name), is_kept())
    return conn.execute(query).scalar_one()


def was_deleted(conn: Connection, name: str, version: int) -> bool:
    """Whether there was a version of that number, which MLflow counts as deleted."""
    if read_version(version) is None:
        return False
    stage = select(model_versions.c.current_stage).where(*of_model(model_versions, name))
    return conn.execute(stage.where(model_versions.c.version == version)).scalar() == DELETED


def find_before(conn: Connection, name: str) -> dict[int, int]:
    """Find which version each was promoted in place of, deleted ones included."""
    tags = model_version_tags
    query = select(tags.c.version, tags.c.value).where(*of_model(tags, name), tags.c.key == BEFORE_TAG)
    found = {row.version: read_version(row.value) for row in conn.execute(query)}
    return {version: before for version, before in found.items() if before is not None}


def of_model(table: TableClause, name: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The key of a registered model in any of MLflow's registry tables."""
    return table.c.workspace == DEFAULT_WORKSPACE, table.c.name == name


def is_kept() -> ColumnElement[bool]:
    """Whether a version was not deleted; where MLflow wrote no stage it was not."""
    return func.coalesce(model_versions.c.current_stage, "") != DELETED


def _select_asked() -> Select[int, str]:
    aliases, versions, tags = registered_model_aliases, model_versions, model_version_tags
    is_checksum = or_(
        *(tags.c.key == name for name in _SHA256_TAGS)
    )  # a list in it could not go straight to the driver
    return (
        select(versions.c.version, tags.c.value.label("sha256"))
        .select_from(aliases)
        .join(versions, and_(*_same_model(versions, aliases), versions.c.version == aliases.c.version))
        .outerjoin(
            tags,
            and_(*_same_model(tags, aliases), tags.c.version == versions.c.version, is_checksum),
        )
        .where(
            aliases.c.workspace == DEFAULT_WORKSPACE,
            aliases.c.name == bindparam("name"),
            aliases.c.alias == CHAMPION,
            is_kept(),
        )
        .order_by(tags.c.key)
        .limit(1)
    )


def _same_model(one: TableClause, other: TableClause) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return one.c.workspace == other.c.workspace, one.c.name == other.c.name


_ASKED = Direct(_select_asked())


def _select_alias(name: str, alias: str) -> ScalarSelect[int]:
    aliases = registered_model_aliases
    return select(aliases.c.version).where(*of_model(aliases, name), aliases.c.alias == alias).scalar_subquery()


def _select(name: str) -> Select[*tuple[Any, ...]]:
    versions = model_versions.c
    return (
        select(
            versions.version,
            versions.run_id,
            versions.creation_time,
            versions.last_updated_time,
            versions.user_id,
            versions.description,
            versions.status,
            versions.status_message,
            versions.current_stage,
            versions.source,
            runs.c.run_uuid,
            runs.c.artifact_uri,
            runs.c.lifecycle_stage,
            runs.c.name.label("run_name"),
            runs.c.user_id.label("run_user"),
            experiments.c.name.label("experiment"),
            run_tags.c.value.label("run_audit"),
        )
        .outerjoin(runs, runs.c.run_uuid == versions.run_id)
        .outerjoin(experiments, experiments.c.experiment_id == runs.c.experiment_id)
        .outerjoin(run_tags, and_(run_tags.c.run_uuid == versions.run_id, run_tags.c.key == AUDIT_TAG))
        .where(*of_model(model_versions, name), is_kept())
    )


def _read(conn: Connection, name: str, query: Select[*tuple[Any, ...]]) -> tuple[ModelVersion, ...]:
    rows = conn.execute(query).all()
    numbers = [row.version for row in rows]
    tags, aliases = _find_tags(conn, name, numbers), _find_aliases(conn, name)
    return tuple(_make(name, row, tags[row.version], aliases[row.version]) for row in rows)


def find_kind(tags: Mapping[str, str]) -> str:
    """Of the file that a version with these tags answers by; a graph first, as in `_select_asked`."""
    return next((kind for tag, kind in _SHA256_TAGS.items() if tag in tags), GRAPH)


def _make(name: str, row: Row[*tuple[Any, ...]], tags: Mapping[str, str], aliases: Sequence[str]) -> ModelVersion:
    kind = find_kind(tags)
    return ModelVersion(
        name=name,
        version=row.version,
        run_id=row.run_id,
        artifact_uri=row.artifact_uri,
        created_at=row.creation_time,
        family=tags.get("proctor.family", ""),
        aliases=tuple(aliases),
        file_sha256=tags.get(f"proctor.{kind}_sha256", ""),
        file_path=tags.get(f"proctor.{kind}_path", ""),
        card_missing=_split_parts(tags.get("proctor.card_missing")),
        audit=tags.get(AUDIT_TAG) or row.run_audit or "",
        source=_make_source(row),
        updated_at=row.last_updated_time,
        user_name=row.user_id or row.run_user or "",
        description=row.description or "",
        status=row.status or READY,
        status_message=row.status_message or "",
        mlflow_stage="" if row.current_stage in {None, "None"} else row.current_stage,
        place=row.source or "",
        tags=tags,
    )


def _make_source(row: Row[*tuple[Any, ...]]) -> Source:
    if not row.run_id:
        return Source()
    if row.run_uuid is None:
        return Source(row.run_id, "gone")
    state = "active" if row.lifecycle_stage == "active" else "deleted"
    return Source(row.run_id, state, row.run_name or row.run_id[:8], row.run_user or "", row.experiment or "")


def _split_parts(tag: str | None) -> tuple[str, ...] | None:
    return None if tag is None else tuple(part for part in tag.split(",") if part)


def _find_tags(conn: Connection, name: str, versions: Sequence[int]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = defaultdict(dict)
    if versions:
        tags = model_version_tags
        query = select(tags.c.version, tags.c.key, tags.c.value).where(*of_model(tags, name))
        query = query.where(tags.c.version.between(min(versions), max(versions))).order_by(tags.c.key)
        for row in conn.execute(query):
            found[row.version][row.key] = row.value or ""
    return found


def _find_aliases(conn: Connection, name: str) -> dict[int, list[str]]:
    aliases, found = registered_model_aliases, defaultdict(list)
    query = select(aliases.c.alias, aliases.c.version).where(*of_model(aliases, name)).order_by(aliases.c.alias)
    for row in conn.execute(query):
        found[row.version].append(row.alias)
    return found
