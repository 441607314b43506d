"""The families of models that Proctor trains, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from ml.features import build_preprocessor
from ml.spec import DatasetSpec
from ml.train.single_column import SingleColumnClassifier


class UnknownFamilyError(ValueError):
    """No family has that name; the message lists those that there are."""


@dataclass(frozen=True)
class Family:
    """A named way to build an unfitted pipeline, whose last step is called `model`."""

    name: str
    build: Callable[[DatasetSpec, int], Pipeline]
    """From a spec and a seed, which fixes all that is random."""
    is_baseline: bool = False
    """Whether other families are held against this one."""
    uncalibrated: Family | None = None
    """Where this one is calibrated, the family without that."""


def find_family(name: str) -> Family:
    """Return the family called `name`.

    Raises
    ------
    UnknownFamilyError
        Where there is none.
    """
    if name not in FAMILIES:
        raise UnknownFamilyError(f"there is no family {name!r}: choose one of {', '.join(FAMILIES)}")
    return FAMILIES[name]


def _build_prior(_spec: DatasetSpec, _seed: int) -> Pipeline:
    """One step: it counts classes and looks at no column, so none is prepared for it."""
    return Pipeline([("model", DummyClassifier(strategy="prior"))])


def _build_single_column(_spec: DatasetSpec, _seed: int) -> Pipeline:
    """One step: it reads the columns as they are, and learns the cells of the one that it keeps."""
    return Pipeline([("model", SingleColumnClassifier())])


def _build_logistic_regression(spec: DatasetSpec, seed: int) -> Pipeline:
    model = LogisticRegression(C=0.3, max_iter=1000, random_state=seed)
    return Pipeline([("preprocess", build_preprocessor(spec)), ("model", model)])


def _build_random_forest(spec: DatasetSpec, seed: int) -> Pipeline:
    model = RandomForestClassifier(n_estimators=300, min_samples_leaf=8, random_state=seed)
    return Pipeline([("preprocess", build_preprocessor(spec)), ("model", model)])


FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        family.name: family
        for family in (
            Family("prior", _build_prior, is_baseline=True),
            Family("single_column", _build_single_column, is_baseline=True),
            Family("logistic_regression", _build_logistic_regression),
            Family("random_forest", _build_random_forest),
        )
    }
)
