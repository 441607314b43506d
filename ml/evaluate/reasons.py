"""What a model's answers rest on: permutation importance of the spec's columns, and partial dependence on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from threadpoolctl import threadpool_limits

from ml.evaluate.cross_validation import align_probabilities
from ml.evaluate.intervals import estimate_mean
from ml.evaluate.metrics import log_loss
from ml.examination.reasons import ColumnImportance, Dependence, Importance, Reasons
from ml.results import OutOfFold, Progress, Report, ignore_progress
from ml.spec import Column, DatasetSpec, Kind
from ml.train import Family
from ml.train.fit import fit_pipeline

Floats = npt.NDArray[np.float64]

REPEATS = 2
"""Repeats whose folds are fitted anew: each fit costs as much as one of the evaluation's."""
SHUFFLES = 5
_BATCH = 20_000
"""Rows predicted at a time: asking a pipeline costs more than a row does."""
_MOST_ROWS = 2_000
"""A mean over more rows than these moves in no digit that is shown."""
_QUANTILES = 20
_DIGITS = 5


def find_reasons(
    family: Family,
    pipeline: Any,
    table: pd.DataFrame,
    spec: DatasetSpec,
    out_of_fold: OutOfFold,
    *,
    seed: int,
    report: Report = ignore_progress,
) -> Reasons:
    """Find importance and dependence of every feature column.

    Parameters
    ----------
    pipeline
        The family as fitted to all of `table`.
    """
    with threadpool_limits(1):
        importance = measure_importance(family, table, spec, out_of_fold, seed=seed, report=report)
        rows = table.sample(min(len(table), _MOST_ROWS), random_state=seed)[list(spec.feature_names)]
        dependence = tuple(trace_dependence(pipeline, rows, column, spec) for column in spec.features)
    return Reasons(importance, dependence)


def measure_importance(
    family: Family,
    table: pd.DataFrame,
    spec: DatasetSpec,
    out_of_fold: OutOfFold,
    *,
    seed: int,
    shuffles: int = SHUFFLES,
    report: Report = ignore_progress,
) -> Importance:
    """Return what each column is worth to pipelines that have not seen the rows, most first by log-loss.

    In each fold of the first repeats, the family is fitted to the other rows as in the evaluation. Then one column
    after the other is shuffled among the held-out rows, and their loss compared with that of the rows as they are
    (Breiman, Random forests, Machine Learning 45, 2001; model-agnostic in Fisher, Rudin and Dominici, JMLR 20, 2019).
    Columns that say the same stand in for each other, so that neither seems important. Intervals are those of
    `estimate_mean` over the folds.

    Parameters
    ----------
    out_of_fold
        Whose folds are taken.
    report
        Called before each fold. What it raises ends the measuring.
    """
    folds = int(out_of_fold.fold.max()) + 1
    tasks = [(repeat, number) for repeat in range(min(REPEATS, len(out_of_fold.fold))) for number in range(folds)]
    falls = np.empty((len(tasks), 2, len(spec.features)))
    for done, (repeat, number) in enumerate(tasks):
        report(Progress("examine", done, len(tasks)))
        held_out = out_of_fold.fold[repeat] == number
        pipeline = fit_pipeline(family, table[~held_out], spec, seed)
        random = np.random.default_rng([seed, repeat, number])
        truth = out_of_fold.truth[held_out]
        falls[done] = shuffle_columns(pipeline, table[held_out], truth, spec, shuffles, random)
    columns = [
        ColumnImportance(
            column.name, estimate_mean(falls[:, 0, place], folds), estimate_mean(falls[:, 1, place], folds)
        )
        for place, column in enumerate(spec.features)
    ]
    ordered = sorted(columns, key=lambda column: -column.log_loss.mean)
    return Importance(tuple(ordered), folds, len(tasks) // folds, shuffles)


def shuffle_columns(
    pipeline: Any,
    rows: pd.DataFrame,
    truth: npt.NDArray[np.int64],
    spec: DatasetSpec,
    shuffles: int,
    random: np.random.Generator,
) -> Floats:
    """Return by how much the log-loss rises and the accuracy falls, shape (2, columns), in the mean over shuffles."""
    features = rows[list(spec.feature_names)]
    orders = np.array([[random.permutation(len(features)) for _ in range(shuffles)] for _ in spec.features])
    changes = [(place, order) for place, several in enumerate(orders) for order in several]
    before = _score(truth, next(_predict(pipeline, [features], spec)))
    after: list[tuple[float, float]] = []
    at_once = max(1, _BATCH // len(features))
    for start in range(0, len(changes), at_once):
        batch = changes[start : start + at_once]
        found = align_probabilities(
            pipeline.predict_proba(_reorder(features, batch)), pipeline.classes_, spec.target.categories
        )
        after += [_score(truth, shares) for shares in np.split(found, len(batch))]
    means = np.array(after).reshape(len(spec.features), shuffles, 2).mean(axis=1)
    falls: Floats = np.array([means[:, 0] - before[0], before[1] - means[:, 1]])
    return falls


def _reorder(features: pd.DataFrame, changes: Sequence[tuple[int, npt.NDArray[np.int64]]]) -> pd.DataFrame:
    """Return the table once for each change, one below the other, with the column at that place in that order."""
    rows = np.tile(np.arange(len(features)), (features.shape[1], len(changes), 1))
    for number, (place, order) in enumerate(changes):
        rows[place, number] = order
    return pd.DataFrame(
        {name: features[name].array.take(wanted.ravel()) for name, wanted in zip(features, rows, strict=True)}
    )


def trace_dependence(pipeline: Any, rows: pd.DataFrame, column: Column, spec: DatasetSpec) -> Dependence:
    """Return the mean probability of each class with one column set to each of its values in turn.

    Partial dependence (Friedman, Greedy function approximation, Annals of Statistics 29, 2001). Categories are those
    that rows have, in the spec's order, and then a missing cell where there are such; of numbers, the distinct ones
    among the quantiles. It shows what the model does, not what would happen to anybody whose value changed.
    """
    cells = rows[column.name]
    if column.kind is Kind.NUMERIC:
        known = cells.dropna().to_numpy(dtype=np.float64)
        numbers = np.unique(np.quantile(known, np.linspace(0, 1, _QUANTILES + 1))) if len(known) else np.empty(0)
        means = _average(pipeline, rows, column.name, list(numbers), spec)
        return Dependence(column.name, (), tuple(numbers.tolist()), (), means)
    values: list[str | None] = [name for name in column.categories if (cells == name).any()]
    if cells.isna().any():
        values.append(None)
    counts = tuple(int(cells.isna().sum() if value is None else (cells == value).sum()) for value in values)
    return Dependence(column.name, tuple(values), (), counts, _average(pipeline, rows, column.name, values, spec))


def _average(
    pipeline: Any, rows: pd.DataFrame, name: str, values: Sequence[Any], spec: DatasetSpec
) -> tuple[tuple[float, ...], ...]:
    column = rows[name]
    changed = (rows.assign(**{name: pd.Series([value] * len(rows), rows.index, column.dtype)}) for value in values)
    found = _predict(pipeline, changed, spec)
    return tuple(tuple(round(float(share), _DIGITS) for share in shares.mean(axis=0)) for shares in found)


def _predict(pipeline: Any, tables: Any, spec: DatasetSpec) -> Iterator[Floats]:
    """Yield the probabilities of each table's rows, asking for several tables of one length at a time."""
    for batch in _gather(tables):
        found = align_probabilities(
            pipeline.predict_proba(pd.concat(batch, ignore_index=True)), pipeline.classes_, spec.target.categories
        )
        yield from np.split(found, len(batch))


def _gather(tables: Any) -> Iterator[list[pd.DataFrame]]:
    batch: list[pd.DataFrame] = []
    for table in tables:
        batch.append(table)
        if len(table) * (len(batch) + 1) > _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _score(truth: npt.NDArray[np.int64], probabilities: Floats) -> tuple[float, float]:
    return log_loss(truth, probabilities), float((probabilities.argmax(axis=1) == truth).mean())
