"""Which families are run first: those that cost little, so that a small budget leaves something to compare."""

from __future__ import annotations

from collections.abc import Sequence

from ml.train import FAMILIES, Family, find_family

_CHEAP_FIRST = (
    "prior",
    "single_column",
    "logistic_regression",
    "naive_bayes",
    "nearest_neighbours",
    "proportional_odds",
    "svc",
    "random_forest_20",
    "lightgbm",
    "xgboost",
    "mlp",
    "hist_gradient_boosting",
    "random_forest_150",
    "extra_trees",
    "random_forest",
    "soft_vote",
    "catboost",
)
"""By the time of one fit to 666 rows; a family that is not named comes last."""


def choose_families(names: Sequence[str]) -> list[Family]:
    """Return the families called so, all of them without a name, and the baselines in any case; cheap ones first.

    Raises
    ------
    UnknownFamilyError
        Where there is none of a name.
    """
    asked = {find_family(name).name for name in names} or set(FAMILIES)
    chosen = [family for family in FAMILIES.values() if family.name in asked or family.is_baseline]
    place = {name: number for number, name in enumerate(_CHEAP_FIRST)}
    return sorted(chosen, key=lambda family: (not family.is_baseline, place.get(family.name, len(place))))
