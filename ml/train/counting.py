"""Families that count rows: naive Bayes and nearest neighbours."""

from __future__ import annotations

from scipy.stats import loguniform
from sklearn.compose import ColumnTransformer
from sklearn.naive_bayes import CategoricalNB
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder

from ml.features import MISSING, build_preprocessor, fill_missing, name_missing
from ml.spec import DatasetSpec, Kind
from ml.train.bins import QuantileBins
from ml.train.family import Family
from ml.train.neighbours import NeighbourShares

BINS = 5


def build_naive_bayes(spec: DatasetSpec, _seed: int) -> Pipeline:
    """Multiply the shares of each cell within each class, with Laplace's one row more for every cell.

    The cells of a column are the spec's categories, seen or not, and one for what is missing or unknown; a number
    falls into one of five bins.
    """
    categorical = [column for column in spec.features if column.kind is not Kind.NUMERIC]
    numeric = [column.name for column in spec.features if column.kind is Kind.NUMERIC]
    cells = [len(column.categories) + 1 for column in categorical] + [BINS + 1] * len(numeric)
    coder = OrdinalEncoder(
        categories=[[MISSING, *column.categories] for column in categorical],
        handle_unknown="use_encoded_value",
        unknown_value=float("nan"),
    )
    codes = Pipeline([*name_missing(), ("code", coder), ("unknown", fill_missing(0))])
    blocks = [
        ("categories", codes, [column.name for column in categorical]),
        ("numbers", QuantileBins(BINS), numeric),
    ]
    preprocess = ColumnTransformer([block for block in blocks if block[2]])
    return Pipeline([("preprocess", preprocess), ("model", CategoricalNB(alpha=1.0, min_categories=cells))])


def build_neighbours(spec: DatasetSpec, _seed: int) -> Pipeline:
    """Count the classes of the thirty nearest rows, and of all that are as near as the thirtieth."""
    return Pipeline([("preprocess", build_preprocessor(spec)), ("model", NeighbourShares(n_neighbors=30))])


COUNTING = (
    Family("naive_bayes", build_naive_bayes, space={"model__alpha": loguniform(0.1, 30)}),
    Family(
        "nearest_neighbours", build_neighbours, space={"model__n_neighbors": [10, 15, 20, 30, 40, 60, 80]}, candidates=7
    ),
)
