"""How well the columns that stay predict a sensitive one: leaving it out does not hide what others give away."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from ml.evaluate.answers import score_folds
from ml.evaluate.cross_validation import cross_validate
from ml.evaluate.groups import find_masks
from ml.evaluate.intervals import estimate_mean
from ml.evaluate.metrics import balanced_accuracy, count_confusion
from ml.evaluate.splits import find_groups, read_labels, repeat_folds
from ml.examination.people import FEWEST, Proxy, ProxyColumn
from ml.features import build_preprocessor
from ml.results import Estimate, OutOfFold, ignore_progress
from ml.spec import Column, DatasetSpec, Kind
from ml.train import Family

Integers = npt.NDArray[np.int64]

_FOLDS = 5
_REPEATS = 2
_SHOWN = 3
_A_CHOICE = 2


def find_proxy(table: pd.DataFrame, column: Column, spec: DatasetSpec, seed: int) -> Proxy | None:
    """Predict `column` from the columns of `spec` that are not sensitive, and say how well that goes.

    A logistic regression that weighs categories alike is cross-validated (2 × 5 folds, rows with equal columns held out
    together) and its balanced accuracy (Brodersen et al., ICPR 2010) held against chance, 1 / categories. Rows
    without a value, and categories too small for so many folds, are left aside; None where nothing is left to tell
    apart. A numeric column is cut at its quartiles.
    """
    features = spec.without_sensitive().features
    labels = _label_rows(table, column, [feature.name for feature in features])
    if labels is None:
        return None
    rows = table.loc[labels.notna().to_numpy(), [feature.name for feature in features]]
    kept = set(labels.dropna())
    categories = tuple(name for (name,) in find_masks(table, [column]) if name is not None and name in kept)
    target = Column(name=column.name, kind=Kind.NOMINAL, label=column.label, categories=categories)
    rows = rows.assign(**{column.name: labels.dropna()})
    asked = dataclasses.replace(spec, target=target, features=features)
    truth, profiles = read_labels(rows, asked), find_groups(rows[list(asked.feature_names)])
    fold = repeat_folds(truth, profiles, _FOLDS, _REPEATS, seed)
    alone = [ProxyColumn(feature.name, _score_alone(rows, feature, truth, fold)) for feature in features]
    return Proxy(
        column=column.name,
        rows=len(rows),
        categories=categories,
        balanced_accuracy=_score_together(rows, asked, truth, fold, seed),
        chance=1 / len(categories),
        strongest=tuple(sorted(alone, key=lambda found: -found.balanced_accuracy.mean)[:_SHOWN]),
    )


def _label_rows(table: pd.DataFrame, column: Column, features: list[str]) -> pd.Series | None:
    """Return each row's category, None in rows that are left aside; None where fewer than two categories are left."""
    if not features:
        return None
    profiles = find_groups(table[features])
    labels = pd.Series([None] * len(table), index=table.index, dtype=object)
    for (category,), mask in find_masks(table, [column]).items():
        if category is not None and mask.sum() >= FEWEST and len(np.unique(profiles[mask])) >= _FOLDS:
            labels[mask] = category
    return labels if labels.nunique() >= _A_CHOICE else None


def _score_together(rows: pd.DataFrame, spec: DatasetSpec, truth: Integers, fold: Integers, seed: int) -> Estimate:
    found = cross_validate([_GUESSER], rows, spec, fold, seed=seed, n_jobs=None, report=ignore_progress)
    scores = score_folds(OutOfFold(found.probabilities[0], fold, truth), spec.target.categories)
    return estimate_mean(scores["balanced_accuracy"], _FOLDS)


def _score_alone(rows: pd.DataFrame, feature: Column, truth: Integers, fold: Integers) -> Estimate:
    """Name for each cell of one column the category that it is commonest in, as a share of that category.

    That is the rule of Bayes with equal priors, which no other on this column betters in balanced accuracy. It needs no
    fit but a count.
    """
    cells = np.zeros(len(rows), dtype=np.int64)
    for cell, mask in enumerate(find_masks(rows, [feature]).values()):
        cells[mask] = cell
    shape = (cells.max() + 1, truth.max() + 1)
    scores = []
    for held_out in (numbers == number for numbers in fold for number in range(_FOLDS)):
        counts = np.zeros(shape, dtype=np.int64)
        np.add.at(counts, (cells[~held_out], truth[~held_out]), 1)
        rule = (counts / counts.sum(axis=0)).argmax(axis=1)
        scores.append(balanced_accuracy(count_confusion(truth[held_out], rule[cells[held_out]], shape[1])))
    return estimate_mean(np.array(scores), _FOLDS)


def _build_guesser(spec: DatasetSpec, seed: int) -> Pipeline:
    model = LogisticRegression(C=1.0, class_weight="balanced", max_iter=1000, random_state=seed)
    return Pipeline([("preprocess", build_preprocessor(spec)), ("model", model)])


_GUESSER = Family("proxy", _build_guesser)
