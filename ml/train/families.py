"""The families of models that Proctor trains, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sklearn.dummy import DummyClassifier
from sklearn.pipeline import Pipeline

from ml.spec import DatasetSpec
from ml.train.bending import BENDING
from ml.train.boosters import BOOSTERS
from ml.train.counting import COUNTING
from ml.train.family import Family
from ml.train.linear import LINEAR
from ml.train.single_column import SingleColumnClassifier
from ml.train.trees import TREES
from ml.train.vote import VOTE


class UnknownFamilyError(ValueError):
    """No family has that name; the message lists those that there are."""


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


_BASELINES = (
    Family("prior", _build_prior, is_baseline=True),
    Family("single_column", _build_single_column, is_baseline=True),
)

FAMILIES: Mapping[str, Family] = MappingProxyType(
    {family.name: family for family in (*_BASELINES, *LINEAR, *COUNTING, *TREES, *BENDING, *VOTE, *BOOSTERS)}
)
