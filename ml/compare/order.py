"""Which families are run first: those that cost little, so that a small budget leaves something to compare."""

from __future__ import annotations

from collections.abc import Sequence

from ml.train import FAMILIES, Family, find_family

_CHEAP_FIRST = (
    "prior",
    "single_column",
    "naive_bayes",
    "nearest_neighbours",
    "logistic_regression",
    "proportional_odds",
    "random_forest_20",
    "lightgbm",
    "xgboost",
    "hist_gradient_boosting",
    "random_forest_150",
    "svc",
    "extra_trees",
    "random_forest",
    "mlp",
    "soft_vote",
    "catboost",
)
"""By the CPU time of one fit to 666 rows, from 0.02 s to 0.6 s; a family that is not named comes last."""


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
