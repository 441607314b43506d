"""Families whose answer is a weighted sum of the features."""

from __future__ import annotations

from scipy.stats import loguniform
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from ml.features import build_preprocessor
from ml.spec import DatasetSpec
from ml.train.family import Family
from ml.train.proportional_odds import ProportionalOdds


def build_logistic_regression(spec: DatasetSpec, seed: int) -> Pipeline:
    """Weigh every category and number, apart for every class."""
    model = LogisticRegression(C=0.3, max_iter=1000, random_state=seed)
    return Pipeline([("preprocess", build_preprocessor(spec)), ("model", model)])


def build_proportional_odds(spec: DatasetSpec, _seed: int) -> Pipeline:
    """Weigh every category and number once, and cut the sum into the classes in their order."""
    model = ProportionalOdds(C=0.3, categories=spec.target.categories)
    return Pipeline([("preprocess", build_preprocessor(spec)), ("model", model)])


_STRENGTH = {"model__C": loguniform(0.01, 10)}

LINEAR = (
    Family("logistic_regression", build_logistic_regression, space=_STRENGTH),
    Family("proportional_odds", build_proportional_odds, space=_STRENGTH, needs_order=True),
)
