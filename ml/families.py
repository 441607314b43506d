"""The names of the model families, for those who must say them without importing scikit-learn."""

DEFAULT_FAMILY = "logistic_regression"
BASELINES = ("single_column", "prior")
FAMILY_NAMES = (DEFAULT_FAMILY, "random_forest", *BASELINES)
"""In the order in which people are offered them and a new store is filled."""

CALIBRATIONS = ("none", "sigmoid", "isotonic", "temperature")
"""How a family's shares may be bent, in the order in which people are offered them."""
