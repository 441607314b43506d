"""A pipeline whose probabilities are bent by what it says of its own training rows while they are held out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, clone
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from ml.families import CALIBRATIONS
from ml.spec import DatasetSpec
from ml.train.calibrators import Floats, bend, learn_bends
from ml.train.family import Family
from ml.train.inner_folds import InnerFolds
from ml.train.probable import ProbableMixin

INNER_FOLDS = 5


class CalibrationError(ValueError):
    """The family cannot be calibrated so; the message says why and what to do."""


class CalibratedClassifier(ProbableMixin, BaseEstimator):
    """Fits an estimator to all rows, and bends its shares by curves learned from inner folds.

    The inner folds are stratified, seeded, and keep rows with equal features together, so that a curve is learned only
    from shares of rows whose like the inner model had not seen (the `ensemble=False` of scikit-learn's
    CalibratedClassifierCV, whose folds know no groups).
    """

    def __init__(self, estimator: Any, method: str = "sigmoid", folds: int = INNER_FOLDS, seed: int = 0) -> None:
        self.estimator = estimator
        self.method = method
        self.folds = folds
        self.seed = seed

    def fit(self, X: pd.DataFrame, y: npt.ArrayLike) -> Self:
        """Fit `folds` estimators to learn the curves, and one to all rows."""
        labels = np.asarray(y)
        self.estimator_ = clone(self.estimator).fit(X, labels)
        self.classes_ = self.estimator_.classes_
        inner = predict_inner(self.estimator, X, labels, self.folds, self.seed)
        self.bends_ = learn_bends(self.method, inner, np.searchsorted(self.classes_, labels))
        self.n_features_in_ = X.shape[1]
        return self

    def predict_proba(self, X: pd.DataFrame) -> Floats:
        """Return bent probabilities in the order of `classes_`."""
        check_is_fitted(self)
        return bend(self.method, self.bends_, self.estimator_.predict_proba(X))


def predict_inner(estimator: Any, X: pd.DataFrame, labels: npt.NDArray[Any], folds: int, seed: int) -> Floats:
    """Return what clones of `estimator` say of each row of `X` while it is held out, classes sorted."""
    classes = np.unique(labels)
    found = np.zeros((len(labels), len(classes)))
    for train, test in InnerFolds(folds, seed).split(X, labels):
        fitted = clone(estimator).fit(X.iloc[train], labels[train])
        found[np.ix_(test, np.searchsorted(classes, fitted.classes_))] = fitted.predict_proba(X.iloc[test])
    return found


def calibrate_family(family: Family, method: str) -> Family:
    """Return `family` calibrated inside every fit by `method`, or as it is for `none`.

    Raises
    ------
    CalibrationError
        Where there is no such method, or the family is a baseline.
    """
    if method not in CALIBRATIONS:
        raise CalibrationError(f"there is no calibration {method!r}: choose one of {', '.join(CALIBRATIONS)}")
    if method == "none":
        return family
    if family.is_baseline:
        raise CalibrationError(
            f"{family.name} is a baseline, which others are held against as it is: choose no calibration for it"
        )

    def build(spec: DatasetSpec, seed: int) -> Pipeline:
        return Pipeline([("model", CalibratedClassifier(family.build(spec, seed), method, seed=seed))])

    return replace(family, build=build, uncalibrated=family)
