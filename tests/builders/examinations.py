"""Examinations with chosen findings, as a training leaves them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from ml.evaluate.curves import draw_curves
from ml.examination import Examination
from ml.examination.reasons import ColumnImportance, Dependence, Importance, Reasons
from ml.results import Estimate, Evaluation, OutOfFold, to_json
from ml.spec import DatasetSpec, Kind
from tests.builders.runs import METRICS, make_evaluation


def make_reasons(spec: DatasetSpec, *, first: float = 0.3) -> Reasons:
    """The first column is missed by `first` nats, each following one by less; probabilities move with each value."""
    columns = tuple(
        ColumnImportance(
            column.name,
            Estimate(first / 4**place, first / 4**place - 0.02, first / 4**place + 0.02),
            Estimate(first / 4**place / 2, -0.01, first),
        )
        for place, column in enumerate(spec.features)
    )
    return Reasons(Importance(columns, 5, 2, 5), tuple(_trace(name, spec) for name in spec.feature_names))


def _trace(name: str, spec: DatasetSpec) -> Dependence:
    column = next(item for item in spec.features if item.name == name)
    classes = len(spec.target.categories)
    is_numeric = column.kind is Kind.NUMERIC
    values: tuple[str | None, ...] = () if is_numeric else (*column.categories[:3], None)
    numbers = (1.0, 2.0, 4.5) if is_numeric else ()
    places = len(values or numbers)
    shares = np.arange(1, places * classes + 1).reshape(places, classes)[:, ::-1] ** 2.0
    shares /= shares.sum(axis=1, keepdims=True)
    rows = () if is_numeric else tuple(range(10, 10 + places))
    return Dependence(name, values, numbers, rows, tuple(tuple(row) for row in shares.tolist()))


def make_out_of_fold(classes: int, rows: int = 120, repeats: int = 2, folds: int = 5) -> OutOfFold:
    """Probabilities that know a little, in folds of one size."""
    random = np.random.default_rng(3)
    truth = np.arange(rows) % classes
    weights = random.random((repeats, rows, classes)) + 0.4 * np.eye(classes)[truth]
    fold = np.array([random.permutation(rows) % folds for _ in range(repeats)])
    return OutOfFold(weights / weights.sum(axis=2, keepdims=True), fold, truth)


def make_examination(spec: DatasetSpec) -> Examination:
    classes = spec.target.categories
    return Examination(curves=draw_curves(make_out_of_fold(len(classes)), classes), reasons=make_reasons(spec))


def make_folds(evaluation: Evaluation | None = None) -> Evaluation:
    """An evaluation whose folds differ: each metric's values spread evenly, 0.1 to both sides of its mean."""
    evaluation = evaluation or make_evaluation()
    spread = np.linspace(-0.1, 0.1, evaluation.folds * evaluation.repeats)
    folds = {name: tuple((evaluation.metrics[name].mean + spread).tolist()) for name in METRICS}
    return replace(evaluation, fold_metrics=folds)


def write_examination(folder: Path, examination: Examination) -> None:
    """Leave it among a run's artifacts."""
    (folder / "examination.json").write_text(json.dumps(to_json(examination)))
