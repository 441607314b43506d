"""Choose at training what lies beside the model: its distinct training rows, and those that stand for them all."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.evaluate import align_probabilities
from ml.serve.encoding import rows_frame
from ml.serve.export import table_rows
from ml.serve.training_rows import Background, TrainingRows, write_rows
from ml.spec import Column, DatasetSpec, Kind

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MOST_ROWS = 5_000
"""Distinct rows that are kept; of more a sample is."""
PICKS = 100
"""Rows of the background, counted with their repeats."""


def keep_rows(pipeline: Any, table: pd.DataFrame, spec: DatasetSpec, seed: int) -> bytes:
    """Return the file of training rows that lies beside the exported pipeline."""
    rows, picks = gather_rows(pipeline, table, spec, seed)
    return write_rows(rows, spec.feature_names, spec.target.categories, picks)


def gather_rows(pipeline: Any, table: pd.DataFrame, spec: DatasetSpec, seed: int) -> tuple[TrainingRows, Ints]:
    """Return the distinct rows with their counts by class, and how often each stands in the background."""
    cells = np.column_stack([_encode(table[column.name], column) for column in spec.features])
    labels = pd.Categorical(table[spec.target.name], categories=list(spec.target.categories)).codes
    distinct, places = np.unique(cells, axis=0, return_inverse=True)
    counts = np.zeros((len(distinct), len(spec.target.categories)), dtype=np.int64)
    np.add.at(counts, (places.reshape(-1), labels), 1)
    if len(distinct) > MOST_ROWS:
        kept = np.sort(np.random.default_rng(seed).choice(len(distinct), MOST_ROWS, replace=False))
        distinct, counts = distinct[kept], counts[kept]
    shares = _answer(pipeline, distinct, spec)
    picks = choose_background(describe_rows(distinct, shares, spec), counts.sum(axis=1), PICKS)
    chosen = np.flatnonzero(picks)
    background = Background(distinct[chosen], picks[chosen] / picks.sum())
    return TrainingRows(distinct, counts, background, len(table)), picks


def choose_background(features: Floats, counts: Ints, picks: int) -> Ints:
    """Return how often each row is picked, so that the mean of the picks follows the mean of all rows.

    Herding (Welling 2009) in its greedy form: each pick brings the mean of those so far as near to the mean of all as
    one row can. Picks at random would be off by several points in the base rate; these are off by a fraction of one.
    """
    goal = counts @ features / counts.sum()
    norms = (features**2).sum(axis=1)
    picked, sums = np.zeros(len(features), dtype=np.int64), np.zeros(features.shape[1])
    for number in range(1, picks + 1):
        place = int(np.argmin(2 * features @ (sums - number * goal) + norms))
        picked[place] += 1
        sums += features[place]
    return picked


def describe_rows(cells: Floats, shares: Floats, spec: DatasetSpec) -> Floats:
    """Return what the background has to match: every cell, missing ones too, and above all the model's answers."""
    parts = [_indicate(cells[:, place], column) for place, column in enumerate(spec.features)]
    return np.column_stack([*parts, shares * len(parts)])


def _indicate(values: Floats, column: Column) -> Floats:
    if column.kind is not Kind.NUMERIC:
        return np.asarray(values[:, None] == np.arange(len(column.categories) + 1), dtype=np.float64)
    is_missing = np.isnan(values)
    spread = float(np.nanstd(values)) if not is_missing.all() else 0.0
    mean = float(np.nanmean(values)) if not is_missing.all() else 0.0
    scaled = np.where(is_missing, 0.0, (values - mean) / (spread or 1.0))
    return np.column_stack([scaled, is_missing])


def _encode(values: pd.Series[Any], column: Column) -> Floats:
    if column.kind is Kind.NUMERIC:
        return np.asarray(values, dtype=np.float64)
    codes = pd.Categorical(values, categories=list(column.categories)).codes
    return np.where(codes < 0, len(column.categories), codes).astype(np.float64)


def _answer(pipeline: Any, cells: Floats, spec: DatasetSpec) -> Floats:
    columns = {
        column.name: cells[:, place]
        if column.kind is Kind.NUMERIC
        else np.array([*column.categories, None], dtype=object)[cells[:, place].astype(np.int64)]
        for place, column in enumerate(spec.features)
    }
    rows = table_rows(pd.DataFrame(columns), spec)
    return align_probabilities(
        pipeline.predict_proba(rows_frame(rows, spec)), pipeline.classes_, spec.target.categories
    )
