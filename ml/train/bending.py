"""Families that bend the space of the features: a kernel machine and a small network."""

from __future__ import annotations

from scipy.stats import loguniform
from sklearn.calibration import CalibratedClassifierCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC

from ml.features import build_preprocessor
from ml.spec import DatasetSpec
from ml.train.family import Family
from ml.train.inner_folds import InnerFolds


def build_svc(spec: DatasetSpec, seed: int) -> Pipeline:
    """Separate each class from the rest by a radial kernel, and turn distances into shares by sigmoids.

    The sigmoids are learned from inner folds (Platt, Advances in Large Margin Classifiers, 1999): scikit-learn's
    `SVC(probability=True)` did so too, and is on its way out. One machine a class, since the votes between pairs of
    classes that SVC itself adds up are steps, which a sigmoid cannot calibrate.
    """
    machine = OneVsRestClassifier(SVC(C=1.0, gamma="scale", random_state=seed))
    model = CalibratedClassifierCV(machine, method="sigmoid", ensemble=False, cv=InnerFolds(random_state=seed))
    return Pipeline([("preprocess", build_preprocessor(spec)), ("model", model)])


def build_mlp(spec: DatasetSpec, seed: int) -> Pipeline:
    """Fit a network of one hidden layer with a strong penalty, by L-BFGS, which needs no rate to be chosen."""
    model = MLPClassifier((16,), alpha=10.0, solver="lbfgs", tol=1e-3, max_iter=5000, random_state=seed)
    return Pipeline([("preprocess", build_preprocessor(spec)), ("model", model)])


_FEW = 8

BENDING = (
    Family(
        "svc",
        build_svc,
        space={
            "model__estimator__estimator__C": loguniform(0.05, 10),
            "model__estimator__estimator__gamma": loguniform(0.005, 0.5),
        },
        candidates=_FEW,
    ),
    Family(
        "mlp",
        build_mlp,
        space={"model__alpha": loguniform(1, 100), "model__hidden_layer_sizes": [(4,), (8,), (16,), (32,)]},
        candidates=_FEW,
    ),
)
