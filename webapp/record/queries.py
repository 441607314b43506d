"""Reads of what stands around a run in MLflow's tables."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, func, select

from ml.examination.reproduction import REPRODUCES
from webapp.models.stages import CHAMPION
from webapp.runs.queries import RunDetail
from webapp.store.mlflow_tables import (
    DATASET_CONTEXT,
    DEFAULT_WORKSPACE,
    PARENT_TAG,
    datasets,
    experiments,
    input_tags,
    inputs,
    latest_metrics,
    logged_models,
    registered_model_aliases,
    runs,
    tags,
)
from webapp.store.tables import run as run_table

MOST_CHILDREN = 50


@dataclass(frozen=True)
class UsedDataset:
    """A dataset that MLflow noted as a run's input; `rows` is None where nobody counted."""

    name: str
    digest: str
    source: str
    context: str
    rows: int | None


@dataclass(frozen=True)
class Kin:
    """A run that is related to another; `name` is None where it was deleted or never was here."""

    run_id: str
    name: str | None
    status: str | None = None


@dataclass(frozen=True)
class LastMetric:
    """A metric's last value as MLflow wrote it, with its step and time (epoch milliseconds)."""

    key: str
    value: float
    is_nan: bool
    step: int
    at: int


@dataclass(frozen=True)
class Surroundings:
    """What stands around a run."""

    experiment: str
    source: Mapping[str, str]
    """What older releases of MLflow kept in the run's row rather than in tags."""
    used: tuple[UsedDataset, ...]
    parent: Kin | None
    children: tuple[Kin, ...]
    child_count: int
    reproduces: Kin | None
    logged: tuple[tuple[str, str], ...]
    """Name and id of each model that MLflow noted as the run's output."""
    aliases: Mapping[tuple[str, int], tuple[str, ...]]
    champion: int | None
    """The version that answers here today."""


def find_surroundings(conn: Connection, found: RunDetail, model_name: str) -> Surroundings:
    """Find what stands around a run; `model_name` is the registered model that answers here."""
    run_id, marks = found.row.run_id, dict(found.tags)
    known = _find_names(conn, [marks[tag] for tag in (PARENT_TAG, REPRODUCES) if marks.get(tag)])
    parent, reproduces = marks.get(PARENT_TAG, ""), marks.get(REPRODUCES, "")
    count, children = _find_children(conn, run_id)
    return Surroundings(
        experiment=_find_experiment(conn, found),
        source=_find_source(conn, run_id),
        used=_find_used(conn, run_id),
        parent=known.get(parent, Kin(parent, None)) if parent else None,
        children=children,
        child_count=count,
        reproduces=known.get(reproduces, Kin(reproduces, None)) if reproduces else None,
        logged=_find_logged(conn, run_id),
        aliases=_find_aliases(conn, found),
        champion=_find_champion(conn, model_name),
    )


def find_last_metrics(conn: Connection, run_id: str) -> tuple[LastMetric, ...]:
    """Find the last value of each metric of a run."""
    rows = conn.execute(
        select(
            latest_metrics.c.key,
            latest_metrics.c.value,
            latest_metrics.c.is_nan,
            latest_metrics.c.step,
            latest_metrics.c.timestamp,
        ).where(latest_metrics.c.run_uuid == run_id)
    )
    return tuple(LastMetric(*row) for row in rows)


def _find_experiment(conn: Connection, found: RunDetail) -> str:
    query = select(experiments.c.name).where(experiments.c.experiment_id == found.row.experiment_id)
    return conn.execute(query).scalar() or ""


def _find_source(conn: Connection, run_id: str) -> dict[str, str]:
    row = conn.execute(
        select(
            runs.c.source_name.label("mlflow.source.name"),
            runs.c.source_type.label("mlflow.source.type"),
            runs.c.source_version.label("mlflow.source.git.commit"),
            runs.c.entry_point_name.label("mlflow.project.entryPoint"),
        ).where(runs.c.run_uuid == run_id)
    ).one_or_none()
    return {key: value for key, value in (row._asdict() if row else {}).items() if value}


def _find_used(conn: Connection, run_id: str) -> tuple[UsedDataset, ...]:
    rows = conn.execute(
        select(
            datasets.c.name,
            datasets.c.digest,
            datasets.c.dataset_source_type,
            datasets.c.dataset_source,
            datasets.c.dataset_profile,
            input_tags.c.value.label("context"),
        )
        .select_from(inputs)
        .join(datasets, datasets.c.dataset_uuid == inputs.c.source_id)
        .outerjoin(
            input_tags,
            and_(input_tags.c.input_uuid == inputs.c.input_uuid, input_tags.c.name == DATASET_CONTEXT),
        )
        .where(inputs.c.destination_type == "RUN", inputs.c.destination_id == run_id, inputs.c.source_type == "DATASET")
        .order_by(datasets.c.name, datasets.c.digest)
    )
    return tuple(
        UsedDataset(
            name=row.name,
            digest=row.digest,
            source=_say_source(row.dataset_source_type, row.dataset_source),
            context=row.context or "",
            rows=_count_rows(row.dataset_profile),
        )
        for row in rows
    )


def _say_source(kind: str, source: str) -> str:
    """The address in a dataset's source, which MLflow keeps as JSON of a shape that depends on its kind."""
    found = _read_object(source)
    address = next((found[key] for key in ("uri", "url", "path", "table_name") if isinstance(found.get(key), str)), "")
    return address or kind


def _count_rows(profile: str | None) -> int | None:
    rows = _read_object(profile or "").get("num_rows")
    return rows if isinstance(rows, int) and not isinstance(rows, bool) else None


def _read_object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _find_names(conn: Connection, run_ids: Sequence[str]) -> dict[str, Kin]:
    if not run_ids:
        return {}
    rows = conn.execute(
        select(run_table.c.run_id, run_table.c.name, run_table.c.status).where(run_table.c.run_id.in_(run_ids))
    )
    return {row.run_id: Kin(row.run_id, row.name or row.run_id[:8], row.status) for row in rows}


def _find_children(conn: Connection, run_id: str) -> tuple[int, tuple[Kin, ...]]:
    """Count a run's children and find the newest of them; those that were deleted are left out."""
    are_its = (tags.c.key == PARENT_TAG, tags.c.value == run_id)
    joined = run_table.join(tags, tags.c.run_uuid == run_table.c.run_id)
    count = conn.execute(select(func.count()).select_from(joined).where(*are_its)).scalar_one()
    if not count:
        return 0, ()
    rows = conn.execute(
        select(run_table.c.run_id, run_table.c.name, run_table.c.status)
        .select_from(joined)
        .where(*are_its)
        .order_by(run_table.c.started_at.desc(), run_table.c.run_id)
        .limit(MOST_CHILDREN)
    )
    return count, tuple(Kin(row.run_id, row.name or row.run_id[:8], row.status) for row in rows)


def _find_logged(conn: Connection, run_id: str) -> tuple[tuple[str, str], ...]:
    rows = conn.execute(
        select(logged_models.c.name, logged_models.c.model_id)
        .select_from(inputs)
        .join(logged_models, logged_models.c.model_id == inputs.c.destination_id)
        .where(
            inputs.c.source_type == "RUN_OUTPUT",
            inputs.c.source_id == run_id,
            inputs.c.destination_type == "MODEL_OUTPUT",
            logged_models.c.lifecycle_stage == "active",
        )
        .order_by(logged_models.c.name, logged_models.c.model_id)
    )
    return tuple((row.name, row.model_id) for row in rows)


def _find_aliases(conn: Connection, found: RunDetail) -> dict[tuple[str, int], tuple[str, ...]]:
    aliases = registered_model_aliases
    names = {name for name, _version in found.versions}
    if not names:
        return {}
    rows = conn.execute(
        select(aliases.c.name, aliases.c.version, aliases.c.alias)
        .where(aliases.c.workspace == DEFAULT_WORKSPACE, aliases.c.name.in_(names))
        .order_by(aliases.c.alias)
    )
    grouped: dict[tuple[str, int], tuple[str, ...]] = {}
    for row in rows:
        key = (row.name, int(row.version))
        grouped[key] = (*grouped.get(key, ()), row.alias)
    return grouped


def _find_champion(conn: Connection, model_name: str) -> int | None:
    aliases = registered_model_aliases
    row = conn.execute(
        select(aliases.c.version).where(
            aliases.c.workspace == DEFAULT_WORKSPACE, aliases.c.name == model_name, aliases.c.alias == CHAMPION
        )
    ).one_or_none()
    return int(row.version) if row else None
