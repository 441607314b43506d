"""The registered models of the store, ours and other people's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, select

from webapp.models.queries import is_kept
from webapp.models.stages import CHAMPION, SILENT_TAG, Mark, read_mark
from webapp.store.mlflow_tables import (
    DEFAULT_WORKSPACE,
    model_versions,
    registered_model_aliases,
    registered_model_tags,
    registered_models,
)

PROMPT_TAG = "mlflow.prompt.is_prompt"
"""MLflow keeps prompts as registered models, and shows them nowhere among these."""
A_PAGE = 100


@dataclass(frozen=True)
class RegisteredModel:
    """A registered model. `newest` is None where it has no version."""

    name: str
    description: str
    created_at: int
    updated_at: int | None
    versions: int
    newest: int | None
    aliases: tuple[tuple[str, int], ...]
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def champion(self) -> int | None:
        """The version that bears the champion's alias."""
        return dict(self.aliases).get(CHAMPION)

    @property
    def silent(self) -> Mark | None:
        """Who decided that nothing answers, when and why; None where nobody did."""
        return read_mark(self.tags.get(SILENT_TAG))


def find_model(conn: Connection, name: str) -> RegisteredModel | None:
    """Find one registered model."""
    found = _read(conn, _is_model(), registered_models.c.name == name)
    return found[0] if found else None


def list_models(conn: Connection, first: str, after: str | None = None, limit: int = A_PAGE) -> list[RegisteredModel]:
    """List registered models by name, `first` before all others on the first page."""
    names = registered_models.c.name
    others = _read(conn, _is_model(), names != first, *([names > after] if after else []), limit=limit)
    ours = find_model(conn, first) if not after else None
    return ([ours] if ours else []) + others


def count_models(conn: Connection) -> int:
    """Count them."""
    return conn.execute(select(func.count()).select_from(registered_models).where(_is_model())).scalar_one()


def _is_model() -> ColumnElement[bool]:
    """Whether a row is a model of the workspace that we read, and no prompt."""
    models, tags = registered_models.c, registered_model_tags.c
    mark = and_(tags.workspace == models.workspace, tags.name == models.name, tags.key == PROMPT_TAG)
    is_prompt = exists().where(mark, func.lower(tags.value) == "true")
    return and_(models.workspace == DEFAULT_WORKSPACE, ~is_prompt)


def _read(conn: Connection, *where: ColumnElement[bool], limit: int | None = None) -> list[RegisteredModel]:
    models = registered_models.c
    query = select(models.name, models.description, models.creation_time, models.last_updated_time)
    rows = conn.execute(query.where(*where).order_by(models.name).limit(limit)).all()
    names = [row.name for row in rows]
    counts, aliases, tags = _count_versions(conn, names), _find_aliases(conn, names), _find_tags(conn, names)
    return [_make(row, counts.get(row.name, (0, None)), aliases[row.name], tags[row.name]) for row in rows]


def _make(
    row: Row[*tuple[Any, ...]],
    counted: tuple[int, int | None],
    aliases: Iterable[tuple[str, int]],
    tags: dict[str, str],
) -> RegisteredModel:
    return RegisteredModel(
        name=row.name,
        description=row.description or "",
        created_at=row.creation_time or 0,
        updated_at=row.last_updated_time,
        versions=counted[0],
        newest=counted[1],
        aliases=tuple(aliases),
        tags=tags,
    )


def _count_versions(conn: Connection, names: Sequence[str]) -> dict[str, tuple[int, int | None]]:
    versions = model_versions.c
    query = (
        select(versions.name, func.count().label("kept"), func.max(versions.version).label("newest"))
        .where(versions.workspace == DEFAULT_WORKSPACE, versions.name.in_(names), is_kept())
        .group_by(versions.name)
    )
    return {row.name: (row.kept, row.newest) for row in conn.execute(query)} if names else {}


def _find_aliases(conn: Connection, names: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
    aliases = registered_model_aliases.c
    query = select(aliases.name, aliases.alias, aliases.version)
    query = query.where(aliases.workspace == DEFAULT_WORKSPACE, aliases.name.in_(names)).order_by(aliases.alias)
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in conn.execute(query):
        found[row.name].append((row.alias, row.version))
    return found


def _find_tags(conn: Connection, names: Sequence[str]) -> dict[str, dict[str, str]]:
    tags = registered_model_tags.c
    query = select(tags.name, tags.key, tags.value)
    query = query.where(tags.workspace == DEFAULT_WORKSPACE, tags.name.in_(names)).order_by(tags.key)
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in conn.execute(query):
        found[row.name][row.key] = row.value or ""
    return found
