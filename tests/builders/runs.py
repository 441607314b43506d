"""Runs as MLflow and Proctor leave them: rows in MLflow's tables, and a report among the artifacts."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert

from ml.examination import Examination
from ml.results import (
    Baseline,
    ClassFigures,
    ClassificationReport,
    Difference,
    Estimate,
    Evaluation,
    Origin,
    to_json,
)
from ml.serve.apart.file import is_archive
from tests.builders.stores import write_metric, write_run, write_tag
from webapp.store import mlflow_tables as mlflow

CLASSES = ("Average", "Good", "Vg", "Excellent")
METRICS = {"accuracy": 0.523, "f1_macro": 0.495, "qwk": 0.569, "log_loss": 1.001, "recall.Good": 0.4}
ORIGIN = Origin("file", "CEE_DATA.arff", "a" * 64, "b" * 64, "/somewhere/CEE_DATA.arff", is_verified=True)


def make_evaluation(accuracy: float = 0.523, *, single: float = 0.51, p_value: float = 0.4) -> Evaluation:
    """An evaluation whose accuracies and whose difference from the best single column are chosen."""
    figures = ClassFigures(0.5, 0.5, 0.5, 10)
    return Evaluation(
        classes=CLASSES,
        rows=40,
        folds=5,
        repeats=2,
        seed=582,
        metrics=_estimates(accuracy),
        baselines={
            "prior": make_baseline("prior", 0.315, accuracy, 0.001),
            "single_column": replace(make_baseline("single_column", single, accuracy, p_value), detail="Caste"),
        },
        training=dict.fromkeys(METRICS, 0.9),
        classification_report=ClassificationReport(dict.fromkeys(CLASSES, figures), figures, figures),
        confusion_matrix=((8.0, 2.0, 0.0, 0.0), (2.0, 6.0, 2.0, 0.0), (0.0, 3.0, 6.0, 1.0), (0.0, 0.0, 5.0, 5.0)),
        fold_metrics={"accuracy": (accuracy,) * 10},
    )


def make_baseline(family: str, accuracy: float, rival: float, p_value: float) -> Baseline:
    difference = rival - accuracy
    differences = {"accuracy": Difference(difference, difference - 0.02, difference + 0.02, p_value)}
    return Baseline(family, "", _estimates(accuracy), differences)


def _estimates(accuracy: float) -> dict[str, Estimate]:
    values = METRICS | {"accuracy": accuracy}
    return {name: Estimate(value, value - 0.037, value + 0.037) for name, value in values.items()}


def write_trained_run(
    conn: Connection,
    root: Path,
    run_id: str,
    evaluation: Evaluation,
    examination: Examination | None = None,
    **columns: Any,
) -> Path:
    """Write a run that Proctor trained, its report under `root`; return the folder of its artifacts."""
    folder = root / "student_performance" / run_id / "artifacts"
    folder.mkdir(parents=True)
    document = {"evaluation": to_json(evaluation), "origin": to_json(ORIGIN)}
    (folder / "report.json").write_text(json.dumps(document))
    if examination:
        (folder / "examination.json").write_text(json.dumps(to_json(examination)))
    write_run(conn, run_id, **({"name": "calm-run", "artifact_uri": str(folder)} | columns))
    write_tag(conn, run_id, "proctor.family", "logistic_regression")
    accuracy = evaluation.metrics["accuracy"]
    for key, value in {
        "accuracy": accuracy.mean,
        "accuracy_low": accuracy.low,
        "accuracy_high": accuracy.high,
        "prior_accuracy": 0.315,
        "single_column_accuracy": 0.51,
    }.items():
        write_metric(conn, run_id, key, value)
    return folder


def write_version(
    conn: Connection,
    version: int,
    run_id: str,
    content: bytes,
    folder: Path,
    *,
    name: str = "student_performance",
    audit: str = "",
    card_missing: str | None = "",
) -> None:
    """Register `content` as a version of the run whose artifacts are in `folder`, cleared for serving.

    `audit` is the verdict that it is tagged with, `card_missing` names the parts that its card lacks; a version of an
    older Proctor has neither tag.
    """
    (folder / "serving").mkdir(exist_ok=True)
    kind = "skops" if is_archive(content) else "onnx"
    (folder / "serving" / f"model.{kind}").write_bytes(content)
    key = {"workspace": mlflow.DEFAULT_WORKSPACE, "name": name}
    if version == 1:
        conn.execute(insert(mlflow.registered_models).values(**key, creation_time=1, last_updated_time=1))
    as_mlflow_writes = {
        "creation_time": version,
        "last_updated_time": version,
        "current_stage": "None",
        "status": "READY",
    }
    conn.execute(insert(mlflow.model_versions).values(**key, version=version, run_id=run_id, **as_mlflow_writes))
    tags = {
        "proctor.family": "logistic_regression",
        f"proctor.{kind}_path": f"serving/model.{kind}",
        f"proctor.{kind}_sha256": sha256(content).hexdigest(),
    }
    tags |= {"proctor.audit": audit} if audit else {}
    tags |= {} if card_missing is None else {"proctor.card_missing": card_missing}
    for tag, value in tags.items():
        conn.execute(insert(mlflow.model_version_tags).values(**key, version=version, key=tag, value=value))


def write_alias(conn: Connection, alias: str, version: int, name: str = "student_performance") -> None:
    """Point an alias at a version, wherever it pointed before."""
    aliases = mlflow.registered_model_aliases
    conn.execute(delete(aliases).where(aliases.c.name == name, aliases.c.alias == alias))
    conn.execute(insert(aliases).values(workspace=mlflow.DEFAULT_WORKSPACE, name=name, alias=alias, version=version))
