"""The names of the model families, for those who must say them without importing scikit-learn."""

from importlib.util import find_spec

DEFAULT_FAMILY = "logistic_regression"
BASELINES = ("single_column", "prior")
FIRST_FAMILIES = (DEFAULT_FAMILY, "random_forest", *BASELINES)
"""What a new store is filled with, in this order."""

PACKAGES = {"lightgbm": "lightgbm", "xgboost": "xgboost", "catboost": "catboost"}
"""Families that are there only where their package is."""

FAMILY_NAMES = (
    DEFAULT_FAMILY,
    "proportional_odds",
    "naive_bayes",
    "random_forest",
    "random_forest_150",
    "random_forest_20",
    "extra_trees",
    "hist_gradient_boosting",
    "svc",
    "mlp",
    "nearest_neighbours",
    "soft_vote",
    *(name for name, package in PACKAGES.items() if find_spec(package)),
    *BASELINES,
)
"""In the order in which people are offered them."""
