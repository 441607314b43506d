"""Families from packages that are not part of Proctor, there where their package is (requirements-boosting.in)."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.stats import loguniform
from sklearn.base import BaseEstimator, clone
from sklearn.pipeline import Pipeline

from ml.families import PACKAGES
from ml.features import build_preprocessor
from ml.spec import DatasetSpec
from ml.train.family import Family
from ml.train.probable import ProbableMixin

Floats = npt.NDArray[np.float64]


class NumberedLabels(ProbableMixin, BaseEstimator):
    """Let a classifier that knows nothing but numbers for labels learn from names.

    Parameters
    ----------
    estimator
        Takes labels from 0 on.

    Attributes
    ----------
    estimator_ : estimator
        Fitted.
    """

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator

    def fit(self, X: Any, y: Any) -> Self:
        """Number the labels in sorted order, and fit."""
        self.classes_, labels = np.unique(y, return_inverse=True)
        self.estimator_ = clone(self.estimator).fit(np.asarray(X), labels)
        return self

    def predict_proba(self, X: Any) -> Floats:
        """Return the probability of each class, shape (rows, classes)."""
        shares: Floats = np.asarray(self.estimator_.predict_proba(np.asarray(X)), dtype=np.float64)
        return shares


def build_lightgbm(spec: DatasetSpec, seed: int) -> Pipeline:
    """Boost small trees, as the family of scikit-learn's does, by LightGBM."""
    from lightgbm import LGBMClassifier  # noqa: PLC0415 - the package may be absent

    model = LGBMClassifier(
        n_estimators=100, learning_rate=0.05, num_leaves=5, min_child_samples=20, reg_lambda=10.0,
        random_state=seed, deterministic=True, force_row_wise=True, n_jobs=1, verbose=-1,
    )  # fmt: skip
    return _behind_codes(spec, model)


def build_xgboost(spec: DatasetSpec, seed: int) -> Pipeline:
    """Boost small trees by XGBoost."""
    from xgboost import XGBClassifier  # noqa: PLC0415 - the package may be absent

    model = XGBClassifier(
        n_estimators=100, learning_rate=0.05, max_depth=2, min_child_weight=5, reg_lambda=10.0, random_state=seed,
        n_jobs=1,
    )  # fmt: skip
    return _behind_codes(spec, model)


def build_catboost(spec: DatasetSpec, seed: int) -> Pipeline:
    """Boost symmetric trees by CatBoost."""
    from catboost import CatBoostClassifier  # noqa: PLC0415 - the package may be absent

    model = CatBoostClassifier(
        iterations=200, learning_rate=0.05, depth=3, l2_leaf_reg=10.0, random_seed=seed, thread_count=1, verbose=False,
        allow_writing_files=False,
    )  # fmt: skip
    return _behind_codes(spec, model)


def _behind_codes(spec: DatasetSpec, model: Any) -> Pipeline:
    return Pipeline([("preprocess", build_preprocessor(spec)), ("model", NumberedLabels(model))])


_RATE = {"model__estimator__learning_rate": loguniform(0.02, 0.2)}
_FEW = 8
_KNOWN = (
    Family(
        "lightgbm", build_lightgbm, candidates=_FEW,
        space=_RATE | {"model__estimator__num_leaves": [3, 5, 8], "model__estimator__reg_lambda": loguniform(1, 100)},
    ),
    Family(
        "xgboost", build_xgboost, candidates=_FEW,
        space=_RATE | {"model__estimator__max_depth": [1, 2, 3], "model__estimator__reg_lambda": loguniform(1, 100)},
    ),
    Family(
        "catboost", build_catboost, candidates=_FEW,
        space=_RATE | {"model__estimator__depth": [1, 2, 3, 4], "model__estimator__l2_leaf_reg": loguniform(1, 100)},
    ),
)  # fmt: skip

BOOSTERS = tuple(family for family in _KNOWN if find_spec(PACKAGES[family.name]))
