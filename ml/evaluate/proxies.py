"""How well the columns that stay predict a sensitive one: leaving it out does not hide what others give away."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from ml.evaluate.cross_validation import cross_validate
from ml.evaluate.evaluation import score_folds
from ml.evaluate.groups import find_masks
from ml.evaluate.intervals import estimate_mean
from ml.evaluate.splits import find_groups, read_labels, repeat_folds
from ml.examination.people import FEWEST, Proxy, ProxyColumn
from ml.features import build_preprocessor
from ml.results import Estimate, ignore_progress
from ml.spec import Column, DatasetSpec, Kind
from ml.train import Family

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
    alone = [
        ProxyColumn(feature.name, _score(rows, dataclasses.replace(asked, features=(feature,)), asked, 1, seed))
        for feature in features
    ]
    return Proxy(
        column=column.name,
        rows=len(rows),
        categories=categories,
        balanced_accuracy=_score(rows, asked, asked, _REPEATS, seed),
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


def _score(rows: pd.DataFrame, spec: DatasetSpec, whole: DatasetSpec, repeats: int, seed: int) -> Estimate:
    """Cross-validate on folds that keep profiles of all columns of `whole` together, whichever of them are used."""
    truth, profiles = read_labels(rows, whole), find_groups(rows[list(whole.feature_names)])
    fold = repeat_folds(truth, profiles, _FOLDS, repeats, seed)
    found = cross_validate([_GUESSER], rows, spec, fold, seed=seed, n_jobs=None, report=ignore_progress)
    scores = score_folds(truth, fold, found.probabilities[0], whole.target.categories)
    return estimate_mean(scores["balanced_accuracy"], _FOLDS)


def _build_guesser(spec: DatasetSpec, seed: int) -> Pipeline:
    model = LogisticRegression(C=1.0, class_weight="balanced", max_iter=1000, random_state=seed)
    return Pipeline([("preprocess", build_preprocessor(spec)), ("model", model)])


_GUESSER = Family("proxy", _build_guesser)
