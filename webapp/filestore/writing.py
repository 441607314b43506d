"""A run, an experiment, a logged model → MLflow's tables, each in the caller's one transaction.

What was read last is remembered by its digest in a tag of ours. While the file says the same nothing is written, so
that what people change here afterwards stays; when the file says more, its values win and nothing is taken away.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, func, insert, select, text, update

from webapp.filestore.rows import ensure_row, ensure_rows, match
from webapp.filestore.tables import logged_model_metrics, logged_model_params, logged_model_tags
from webapp.filestore.values import (
    ACTIVE,
    DELETED,
    Dataset,
    FileExperiment,
    FileLoggedModel,
    FileRun,
    Links,
    Point,
    make_digest,
)
from webapp.store.mlflow_tables import (
    DEFAULT_WORKSPACE,
    datasets,
    experiment_tags,
    experiments,
    input_tags,
    inputs,
    latest_metrics,
    logged_models,
    metrics,
    params,
    runs,
    tags,
)

DIGEST_TAG = "proctor.imported"
FROM_TAG = "proctor.imported_from"
DEFAULT_ID, DEFAULT_NAME = 0, "Default"
_IMPORT_LOCK = 7_207_110_003
_LONGEST_TAG = 8_000


class Outcome(StrEnum):
    """What writing came to."""

    NEW = "new"
    GROWN = "grown"
    UNCHANGED = "unchanged"


class ConflictError(Exception):
    """The store has something else in this place; it is left as it is."""


def lock_imports(conn: Connection) -> None:
    """Let one import at a time write on PostgreSQL; SQLite has one writer anyway."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _IMPORT_LOCK})


def write_experiment(conn: Connection, experiment: FileExperiment, location: str) -> tuple[int, Outcome]:
    """Return the id of the experiment of that name, made where there is none.

    Raises
    ------
    ConflictError
        If it was deleted here and the file store has it active.
    """
    lock_imports(conn)
    _ensure_default(conn, location)
    of_name = select(experiments.c.experiment_id, experiments.c.lifecycle_stage).where(
        experiments.c.name == experiment.name, experiments.c.workspace == DEFAULT_WORKSPACE
    )
    found, outcome = conn.execute(of_name).one_or_none(), Outcome.UNCHANGED
    if found is None:
        times = {"creation_time": experiment.creation_time, "last_update_time": experiment.last_update_time}
        stage = {"lifecycle_stage": experiment.lifecycle_stage}
        conn.execute(insert(experiments).values(name=experiment.name, artifact_location=location, **stage, **times))
        found, outcome = conn.execute(of_name).one(), Outcome.NEW
    if found.lifecycle_stage == DELETED and experiment.lifecycle_stage == ACTIVE:
        raise ConflictError(
            f"the experiment {experiment.name!r} was deleted here; "
            f"run: mlflow experiments restore --experiment-id {found.experiment_id}"
        )
    owner, values = {"experiment_id": found.experiment_id}, _to_values(experiment.tags)
    ensure_rows(conn, experiment_tags, owner, "key", values, may_update=False)
    return int(found.experiment_id), outcome


def _ensure_default(conn: Connection, location: str) -> None:
    """Make MLflow's default experiment in an empty store, as its client would: later it no longer does."""
    if not conn.execute(select(func.count()).select_from(experiments)).scalar():
        row = {"experiment_id": DEFAULT_ID, "name": DEFAULT_NAME, "lifecycle_stage": ACTIVE}
        conn.execute(insert(experiments).values(artifact_location=location, **row))


def read_digests(conn: Connection) -> dict[str, str]:
    """Read what was remembered of every run that was imported."""
    query = select(tags.c.run_uuid, tags.c.value).where(tags.c.key == DIGEST_TAG)
    return {row.run_uuid: row.value for row in conn.execute(query)}


def describe_state(run: FileRun) -> str:
    """What is remembered of a run: its digest, and whether it was deleted there."""
    return f"{make_digest(run)} {run.columns['lifecycle_stage']}"


def write_run(conn: Connection, run: FileRun, experiment_id: int, artifact_uri: str) -> Outcome:
    """Write a run, or what it says beyond what was written before."""
    lock_imports(conn)
    owner = {"run_uuid": run.run_id}
    outcome = _write_run_row(conn, run, experiment_id, artifact_uri)
    marks = dict(run.tags) | {DIGEST_TAG: describe_state(run), FROM_TAG: str(run.folder)[:_LONGEST_TAG]}
    ensure_rows(conn, params, owner, "key", _to_values(run.params))
    ensure_rows(conn, tags, owner, "key", _to_values(marks))
    _write_points(conn, run)
    _write_links(conn, run.run_id, experiment_id, run.links)
    return outcome


def _write_run_row(conn: Connection, run: FileRun, experiment_id: int, artifact_uri: str) -> Outcome:
    mine = runs.c.run_uuid == run.run_id
    stage = conn.execute(select(runs.c.lifecycle_stage).where(mine)).scalar()
    if stage is None:
        place = {"run_uuid": run.run_id, "experiment_id": experiment_id, "artifact_uri": artifact_uri}
        conn.execute(insert(runs).values(**place, **run.columns))
        return Outcome.NEW
    known = conn.execute(select(tags.c.value).where(tags.c.run_uuid == run.run_id, tags.c.key == DIGEST_TAG)).scalar()
    columns = dict(run.columns)
    if stage == DELETED and not str(known).endswith(DELETED):  # deleted here, not there: so it stays
        columns = {name: held for name, held in columns.items() if name not in {"lifecycle_stage", "deleted_time"}}
    conn.execute(update(runs).where(mine).values(**columns))
    return Outcome.GROWN


def _write_points(conn: Connection, run: FileRun) -> None:
    if not run.points:
        return
    columns = [metrics.c[name] for name in Point._fields]
    query = select(*columns).where(metrics.c.run_uuid == run.run_id)
    found = {Point(*row) for row in conn.execute(query)}
    missing = [point for point in run.points if point not in found]
    if missing:
        conn.execute(insert(metrics), [point._asdict() | {"run_uuid": run.run_id} for point in missing])
        ensure_rows(conn, latest_metrics, {"run_uuid": run.run_id}, "key", _find_latest({*found, *missing}))


def _find_latest(points: set[Point]) -> dict[str, Mapping[str, Any]]:
    """The last point of each metric by step, time and value, which is how MLflow settles it."""
    latest: dict[str, Point] = {}
    for point in points:
        last = latest.get(point.key)
        if last is None or _rank(point) > _rank(last):
            latest[point.key] = point
    return {
        key: {name: held for name, held in point._asdict().items() if name != "key"} for key, point in latest.items()
    }


def _rank(point: Point) -> tuple[int, int, float, bool]:
    return point.step, point.timestamp, point.value, point.is_nan


def _write_links(conn: Connection, run_id: str, experiment_id: int, links: Links) -> None:
    for dataset, marks in links.datasets:
        source = {"source_type": "DATASET", "source_id": _ensure_dataset(conn, experiment_id, dataset)}
        link_id = _ensure_link(conn, source, {"destination_type": "RUN", "destination_id": run_id})
        ensure_rows(conn, input_tags, {"input_uuid": link_id}, "name", _to_values(marks))
    for model_id in links.models_in:
        source = {"source_type": "RUN_INPUT", "source_id": run_id}
        _ensure_link(conn, source, {"destination_type": "MODEL_INPUT", "destination_id": model_id})
    for model_id, step in links.models_out:
        source = {"source_type": "RUN_OUTPUT", "source_id": run_id}
        _ensure_link(conn, source, {"destination_type": "MODEL_OUTPUT", "destination_id": model_id}, step)


def _ensure_dataset(conn: Connection, experiment_id: int, dataset: Dataset) -> str:
    key = {"experiment_id": experiment_id, "name": dataset.name, "digest": dataset.digest}
    found = conn.execute(select(datasets.c.dataset_uuid).where(*match(datasets, key))).scalar()
    if found is None:
        found = uuid4().hex
        values = {
            "dataset_uuid": found,
            "dataset_source_type": dataset.source_type,
            "dataset_source": dataset.source,
            "dataset_schema": dataset.schema,
            "dataset_profile": dataset.profile,
        }
        conn.execute(insert(datasets).values(**key, **values))
    return str(found)


def _ensure_link(conn: Connection, source: Mapping[str, str], end: Mapping[str, str], step: int = 0) -> str:
    found = conn.execute(select(inputs.c.input_uuid).where(*match(inputs, {**source, **end}))).scalar()
    if found is None:
        found = uuid4().hex
        conn.execute(insert(inputs).values(input_uuid=found, step=step, **source, **end))
    return str(found)


def write_logged_model(conn: Connection, model: FileLoggedModel, experiment_id: int, location: str) -> Outcome:
    """Write a logged model; a metric of a run that is not here is left out."""
    lock_imports(conn)
    owner, digest = {"model_id": model.model_id}, make_digest(model)
    known = select(logged_model_tags.c.tag_value).where(*match(logged_model_tags, owner | {"tag_key": DIGEST_TAG}))
    if conn.execute(known).scalar() == digest:
        return Outcome.UNCHANGED
    place = {"experiment_id": experiment_id}
    is_new = conn.execute(select(logged_models.c.model_id).where(*match(logged_models, owner))).first() is None
    kept = {"artifact_location": location} | place if is_new else {}
    ensure_row(conn, logged_models, owner, kept | dict(model.columns))
    marks = dict(model.tags) | {DIGEST_TAG: digest}
    for into, kind, texts in ((logged_model_params, "param", model.params), (logged_model_tags, "tag", marks)):
        rows = {key: {f"{kind}_value": text, **place} for key, text in texts.items()}
        ensure_rows(conn, into, owner, f"{kind}_key", rows)
    _write_model_metrics(conn, model, experiment_id)
    return Outcome.NEW if is_new else Outcome.GROWN


def _write_model_metrics(conn: Connection, model: FileLoggedModel, experiment_id: int) -> None:
    wanted = {str(row["run_id"]) for row in model.metrics}
    there = set(conn.execute(select(runs.c.run_uuid).where(runs.c.run_uuid.in_(wanted))).scalars())
    for row in model.metrics:
        if row["run_id"] in there:
            names = ("metric_name", "metric_timestamp_ms", "metric_step", "run_id")
            key = {"model_id": model.model_id} | {name: row[name] for name in names}
            values = {name: held for name, held in row.items() if name not in names}
            ensure_row(conn, logged_model_metrics, key, values | {"experiment_id": experiment_id})


def _to_values(texts: Mapping[str, str]) -> dict[str, Mapping[str, str]]:
    return {key: {"value": value} for key, value in texts.items()}
