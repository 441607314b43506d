"""Clean table → matrix: the unfitted first step of every pipeline.

Nothing here is ours at run time: a saved pipeline is made of scikit-learn's own classes, so that it loads wherever
scikit-learn does. Why so, and what was tried, is in docs/decisions/feature-encoding.md.
"""

from __future__ import annotations

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from ml.spec import DatasetSpec, Kind

MIN_FREQUENCY = 10
"""Categories with fewer training rows than this share one column."""

MISSING = "(missing)"
"""The category of a cell without a value."""


def build_preprocessor(spec: DatasetSpec) -> ColumnTransformer:
    """Return the unfitted transformer of the clean table's features; each of its outputs depends on one column.

    Nominal and ordinal columns become one-hot columns, a missing cell being a category of its own; rare categories
    share one column, and a category never seen in training counts as rare. Numeric columns are filled with the median
    and scaled, and a second column says whether the cell was missing.
    """
    categorical = [column.name for column in spec.features if column.kind is not Kind.NUMERIC]
    numeric = [column.name for column in spec.features if column.kind is Kind.NUMERIC]
    blocks = [
        ("categories", _build_category_encoder(), categorical),
        ("numbers", _build_number_scaler(), numeric),
        ("missing", MissingIndicator(features="all"), numeric),
    ]
    return ColumnTransformer([block for block in blocks if block[2]])


def name_missing() -> list[tuple[str, SimpleImputer]]:
    """Return the unfitted steps that put the word for a missing cell into columns of categories."""
    return [("not_a_number", fill_missing(MISSING)), ("none", fill_missing(MISSING, missing=None))]


def fill_missing(value: str | float, missing: float | None = np.nan) -> SimpleImputer:
    """Return the unfitted step that puts `value` where `missing` is; it keeps columns in which nothing is known."""
    return SimpleImputer(missing_values=missing, strategy="constant", fill_value=value, keep_empty_features=True)


def _build_category_encoder() -> Pipeline:
    return Pipeline(
        [
            *name_missing(),
            (
                "one_hot",
                OneHotEncoder(min_frequency=MIN_FREQUENCY, handle_unknown="infrequent_if_exist", sparse_output=False),
            ),
        ]
    )


def _build_number_scaler() -> Pipeline:
    return Pipeline(
        [
            ("median", SimpleImputer(strategy="median", keep_empty_features=True)),
            ("scale", StandardScaler()),
        ]
    )
