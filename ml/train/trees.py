"""Families made of decision trees, as scikit-learn has them."""

from __future__ import annotations

from typing import Any

from scipy.stats import loguniform
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.pipeline import Pipeline

from ml.features import build_preprocessor
from ml.spec import DatasetSpec
from ml.train.family import Family


def build_random_forest(spec: DatasetSpec, seed: int) -> Pipeline:
    """Grow many trees with leaves of eight rows at least, so that a leaf's shares are shares."""
    return _behind_codes(spec, RandomForestClassifier(n_estimators=300, min_samples_leaf=8, random_state=seed))


def build_random_forest_150(spec: DatasetSpec, seed: int) -> Pipeline:
    """Grow a forest as one published study of such data set it: 150 trees of depth 8."""
    return _behind_codes(spec, RandomForestClassifier(n_estimators=150, max_depth=8, random_state=seed))


def build_random_forest_20(spec: DatasetSpec, seed: int) -> Pipeline:
    """Grow a forest as another set it: 20 trees of depth 20 that split nodes of 15 rows and more."""
    model = RandomForestClassifier(n_estimators=20, max_depth=20, min_samples_split=15, random_state=seed)
    return _behind_codes(spec, model)


def build_extra_trees(spec: DatasetSpec, seed: int) -> Pipeline:
    """Grow trees whose cuts are drawn at random."""
    return _behind_codes(spec, ExtraTreesClassifier(n_estimators=300, min_samples_leaf=5, random_state=seed))


def build_hist_gradient_boosting(spec: DatasetSpec, seed: int) -> Pipeline:
    """Add up small trees slowly: the library's own settings learn a table of some hundred rows by heart."""
    model = HistGradientBoostingClassifier(
        learning_rate=0.05,
        max_iter=100,
        max_leaf_nodes=5,
        min_samples_leaf=20,
        l2_regularization=10.0,
        early_stopping=False,
        random_state=seed,
    )
    return _behind_codes(spec, model)


def _behind_codes(spec: DatasetSpec, model: Any) -> Pipeline:
    return Pipeline([("preprocess", build_preprocessor(spec)), ("model", model)])


_FOREST_SPACE = {
    "model__min_samples_leaf": [2, 4, 8, 12, 16, 24],
    "model__max_features": ["sqrt", 0.1, 0.2, 0.4],
    "model__max_depth": [None, 6, 8, 12],
}
_FEW = 8
"""Candidates of families that take half a second to fit."""

TREES = (
    Family("random_forest", build_random_forest, space=_FOREST_SPACE, candidates=_FEW),
    Family("random_forest_150", build_random_forest_150),
    Family("random_forest_20", build_random_forest_20),
    Family("extra_trees", build_extra_trees, space=_FOREST_SPACE, candidates=_FEW),
    Family(
        "hist_gradient_boosting",
        build_hist_gradient_boosting,
        space={
            "model__learning_rate": loguniform(0.02, 0.2),
            "model__max_iter": [50, 100, 150],
            "model__max_leaf_nodes": [3, 5, 8, 12],
            "model__min_samples_leaf": [10, 20, 40],
            "model__l2_regularization": loguniform(1, 100),
        },
        candidates=_FEW,
    ),
)
