"""One MLflow run from its start to its end, written through explicit ids: no global state of MLflow's is used."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import mlflow.sklearn
from mlflow import MlflowClient
from mlflow.entities import LoggedModelOutput, Metric, Param, RunTag
from mlflow.exceptions import MlflowException
from mlflow.models import Model, ModelSignature
from mlflow.store.db import utils as database
from mlflow.types import ColSpec, Schema

from ml.files import sync_folder, write_files
from ml.places import is_remote, read_address
from ml.settings import Settings
from ml.spec import Column, DatasetSpec, Kind
from ml.train.trusted import TRUSTED_TYPES

MODEL_NAME = "model"
_METRICS_A_BATCH = 1000
_PARAMS_A_BATCH = 100
_TAGS_A_BATCH = 100
_TAG_LENGTH = 8000
_PARAM_LENGTH = 6000
_NOT_IN_A_KEY = re.compile(r"[^\w\-. /:]")


class StoreError(Exception):
    """The experiment store cannot be used; the message says what to do."""


@dataclass(frozen=True)
class OpenRun:
    """A run that is being written."""

    client: MlflowClient
    experiment_id: str
    run_id: str
    name: str


@dataclass(frozen=True)
class LoggedPipeline:
    """A fitted pipeline as MLflow keeps it."""

    model_id: str
    location: str


def open_client(settings: Settings) -> MlflowClient:
    """Return a client of the experiment store, whose schema is checked first: MLflow would migrate it unasked.

    Raises
    ------
    StoreError
        Where the store is missing, cannot be reached or has another schema than this MLflow.
    """
    _check_schema(settings)
    return MlflowClient(tracking_uri=settings.database_url, registry_uri=settings.database_url)


def _check_schema(settings: Settings) -> None:
    if settings.is_embedded and not Path(settings.database_url.removeprefix("sqlite:///")).is_file():
        raise StoreError(f"there is no experiment store at {settings.database_url}; run: alembic upgrade head")
    engine = database.create_sqlalchemy_engine(settings.database_url)
    try:
        found = database._get_schema_version(engine)  # noqa: SLF001 - mlflow is pinned exactly
    except Exception as error:  # whatever the database's driver raises
        reason = str(error).strip().partition("\n")[0]
        raise StoreError(f"the experiment store cannot be read: {reason}") from error
    finally:
        engine.dispose()
    expected = database._get_latest_schema_revision()  # noqa: SLF001 - mlflow is pinned exactly
    if found != expected:
        raise StoreError(
            f"the experiment store has MLflow schema {found or 'none'}, this release needs {expected};"
            " run: alembic upgrade head"
        )


def open_experiment(client: MlflowClient, name: str, artifact_root: Path) -> str:
    """Return the id of the experiment `name`, made with its artifacts under `artifact_root` where there is none."""
    experiment = client.get_experiment_by_name(name)
    if experiment is None:
        try:
            return client.create_experiment(name, artifact_location=str(artifact_root / name))
        except MlflowException:  # somebody else made it in this moment
            experiment = client.get_experiment_by_name(name)
            if experiment is None:
                raise
    if experiment.lifecycle_stage != "active":
        raise StoreError(
            f"the experiment {name!r} was deleted; run: mlflow experiments restore"
            f" --experiment-id {experiment.experiment_id}"
        )
    return str(experiment.experiment_id)


@contextmanager
def running(client: MlflowClient, experiment_id: str, name: str, tags: Mapping[str, str]) -> Iterator[OpenRun]:
    """Keep a run open: FINISHED at the end, FAILED on an error, KILLED where the process is told to stop."""
    kept = {key: str(value)[:_TAG_LENGTH] for key, value in tags.items()}
    run = client.create_run(experiment_id, start_time=_now(), run_name=name, tags=kept)
    run_id = run.info.run_id
    status = "KILLED"
    try:
        yield OpenRun(client, experiment_id, run_id, name)
        status = "FINISHED"
    except Exception as error:
        status = "FAILED"
        client.set_tag(run_id, "proctor.error", f"{type(error).__name__}: {error}"[:_TAG_LENGTH])
        raise
    finally:
        client.set_terminated(run_id, status, end_time=_now())


def log_figures(run: OpenRun, params: Mapping[str, Any], metrics: Mapping[str, float], tags: Mapping[str, str]) -> None:
    """Log params, metrics and tags in as few calls as MLflow takes. A metric that is no number is left out."""
    stamp = _now()
    values = [Metric(key_of(name), float(value), stamp, 0) for name, value in metrics.items() if isfinite(value)]
    texts = [Param(key_of(name), str(value)[:_PARAM_LENGTH]) for name, value in params.items()]
    marks = [RunTag(name, value[:_TAG_LENGTH]) for name, value in tags.items()]
    while values or texts or marks:
        run.client.log_batch(run.run_id, values[:_METRICS_A_BATCH], texts[:_PARAMS_A_BATCH], marks[:_TAGS_A_BATCH])
        values, texts, marks = values[_METRICS_A_BATCH:], texts[_PARAMS_A_BATCH:], marks[_TAGS_A_BATCH:]


def key_of(name: str) -> str:
    """The name as a key that MLflow takes: a class may be called anything."""
    return _NOT_IN_A_KEY.sub("_", name)


def log_files(run: OpenRun, files: Mapping[str, bytes]) -> None:
    """Log files as artifacts of these paths; on this machine they outlast a power cut once this returns."""
    place = read_address(run.client.get_run(run.run_id).info.artifact_uri)
    if not is_remote(place):
        write_files({Path(place, name): content for name, content in files.items()})
        return
    with tempfile.TemporaryDirectory(prefix="proctor-") as scratch:
        write_files({Path(scratch, name): content for name, content in files.items()})
        run.client.log_artifacts(run.run_id, scratch)


def log_pipeline(
    run: OpenRun, pipeline: Any, spec: DatasetSpec, folder: Path, requirements: list[str]
) -> LoggedPipeline:
    """Log a fitted pipeline as a model of the run.

    The requirements are given: MLflow would spend ten seconds on finding them out. `folder` is made and left there.
    """
    logged = run.client.create_logged_model(run.experiment_id, MODEL_NAME, source_run_id=run.run_id)
    described = Model(
        artifact_path=logged.artifact_location, run_id=run.run_id, model_uuid=logged.model_id, model_id=logged.model_id
    )
    mlflow.sklearn.save_model(
        pipeline,
        str(folder),
        mlflow_model=described,
        serialization_format=mlflow.sklearn.SERIALIZATION_FORMAT_SKOPS,
        skops_trusted_types=list(TRUSTED_TYPES),
        signature=_signature(spec),
        pip_requirements=requirements,
    )
    run.client.log_model_artifacts(logged.model_id, str(folder))
    place = read_address(logged.artifact_location)
    if not is_remote(place):
        sync_folder(Path(place))
    run.client.finalize_logged_model(logged.model_id, "READY")
    run.client.log_outputs(run.run_id, [LoggedModelOutput(logged.model_id, step=0)])
    return LoggedPipeline(logged.model_id, logged.artifact_location)


def _signature(spec: DatasetSpec) -> ModelSignature:
    return ModelSignature(
        inputs=Schema([_column_type(column) for column in spec.features]), outputs=Schema([ColSpec("string")])
    )


def _column_type(column: Column) -> ColSpec:
    return ColSpec("double" if column.kind is Kind.NUMERIC else "string", column.name, required=False)


def _now() -> int:
    return time.time_ns() // 1_000_000
