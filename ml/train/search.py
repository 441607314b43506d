"""A family whose settings are searched for within the rows that it is given, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.model_selection import RandomizedSearchCV

from ml.spec import DatasetSpec
from ml.train.family import Family
from ml.train.inner_folds import InnerFolds

INNER_FOLDS = 3
_SMALLEST = float(np.finfo(np.float64).eps)


class SearchError(ValueError):
    """The family has nothing to search; the message says so."""


def search_within(family: Family) -> Family:
    """Return the family with a search in front: to fit it is to search its space, then to fit the best to all rows.

    Candidates are drawn at random (Bergstra and Bengio, Journal of Machine Learning Research 13, 2012) and judged by
    their mean log-loss on inner folds that keep equal rows together. In a cross-validation the search is so repeated
    inside every training fold, and the score of what it finds is not the score that it was picked by (Cawley and
    Talbot, Journal of Machine Learning Research 11, 2010).

    Raises
    ------
    SearchError
        Where the family has no search space.
    """
    if not family.space:
        raise SearchError(f"the family {family.name!r} has no settings to search for: train it as it is")

    def build(spec: DatasetSpec, seed: int) -> RandomizedSearchCV:
        return RandomizedSearchCV(
            family.build(spec, seed),
            dict(family.space),
            n_iter=family.candidates,
            scoring=negative_log_loss,
            cv=InnerFolds(INNER_FOLDS, random_state=seed),
            random_state=seed,
            error_score="raise",
        )

    return replace(family, build=build, space={}, unsearched=family)


def settle_family(family: Family, pipeline: Any) -> Family:
    """Return the family without its search, with the settings that `pipeline` was found to be best with.

    One without a search is returned as it is. What is learned of a model by fitting it many times over is so learned
    of the settings that it has, at the price of one fit each.
    """
    unsearched = family.unsearched
    if unsearched is None:
        return family
    settings = pipeline.get_params()
    chosen = {name: settings[name] for name in unsearched.space}

    def build(spec: DatasetSpec, seed: int) -> Any:
        return unsearched.build(spec, seed).set_params(**chosen)

    return replace(unsearched, build=build)


def negative_log_loss(pipeline: Any, X: Any, y: Any) -> float:
    """Return minus the mean log-loss; a class that the pipeline has never seen costs as much as one thought impossible.

    scikit-learn's scorer of the same name refuses rows without every class, as a fold may be for a rare one.
    """
    shares = pipeline.predict_proba(X)
    places = {label: place for place, label in enumerate(pipeline.classes_.tolist())}
    likelihood = [
        row[places[label]] if label in places else 0.0
        for row, label in zip(shares, np.asarray(y).tolist(), strict=True)
    ]
    return float(np.log(np.clip(likelihood, _SMALLEST, 1)).mean())


def found_pipeline(fitted: Any) -> Any:
    """Return the pipeline that a search found best, fitted to all rows; what is no search is returned as it is."""
    return getattr(fitted, "best_estimator_", fitted)
