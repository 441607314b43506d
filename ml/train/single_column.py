"""The baseline that looks at one column only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import is_numeric_dtype
from sklearn.base import BaseEstimator
from sklearn.utils import check_array, check_consistent_length, column_or_1d
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from ml.train.probable import ProbableMixin

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Cells:
    """How the values of a column fall into cells: by category, or by the bin between inner edges.

    The cell after the last is that of missing values.
    """

    categories: tuple[Any, ...]
    edges: Floats | None

    @property
    def missing(self) -> int:
        """The number of the cell of missing values."""
        return len(self.categories) if self.edges is None else len(self.edges) + 1

    def locate(self, values: npt.NDArray[Any]) -> Integers:
        """Return the cell of each value, -1 for a category never seen."""
        if self.edges is None:
            cells = pd.Index(self.categories, dtype=object).get_indexer(pd.Index(values, dtype=object))
        else:
            cells = np.searchsorted(self.edges, values.astype(np.float64), side="left")
        return np.where(pd.isna(values), self.missing, cells).astype(np.int64)


class SingleColumnClassifier(ProbableMixin, BaseEstimator):
    """Predict the class shares among training rows that have the same value in the best single column.

    The best column is the one with the lowest leave-one-out log-loss on the training rows, the first of equals. Numbers
    are cut at quantiles. Shares are drawn towards the class shares of all training rows with the weight of one row a
    class (the m-estimate of Cestnik, ECAI 1990), so that no probability is 0; a category never seen gets the latter.

    Parameters
    ----------
    bins
        Into how many bins of about equal size a numeric column is cut.

    Attributes
    ----------
    column_ : str or int
        Name of the chosen column, its position where the columns have no names.
    column_index_ : int
    losses_ : ndarray of shape (columns,)
        Leave-one-out log-loss of every column.
    categories_ : ndarray
        Of the chosen column, sorted; empty where it is numeric.
    edges_ : ndarray or None
        Inner edges of the chosen column's bins where it is numeric: bin i holds edges_[i-1] < x ≤ edges_[i].
    probabilities_ : ndarray of shape (cells + 1, classes)
        Class shares of each category or bin; the last row is for a missing value.
    class_prior_ : ndarray of shape (classes,)
        Smoothed class shares of all training rows.
    """

    def __init__(self, bins: int = 5) -> None:
        self.bins = bins

    def fit(self, X: Any, y: Any) -> Self:
        """Choose the column and count its cells."""
        columns = _read_columns(self, X, is_first=True)
        self.classes_, labels = np.unique(_read_labels(y), return_inverse=True)
        check_classification_targets(y)
        check_consistent_length(columns[0], labels)
        cells = [_find_cells(values, self.bins) for values in columns]
        tables = [_count(c, values, labels, len(self.classes_)) for c, values in zip(cells, columns, strict=True)]
        self.losses_ = np.array([leave_one_out_log_loss(table) for table in tables])
        best = self.column_index_ = int(self.losses_.argmin())
        self.column_ = self.feature_names_in_[best] if hasattr(self, "feature_names_in_") else best
        self.categories_, self.edges_ = np.array(cells[best].categories, dtype=object), cells[best].edges
        self.class_prior_ = smooth_shares(np.bincount(labels), 1 / len(self.classes_))
        self.probabilities_ = smooth_shares(tables[best], self.class_prior_)
        return self

    def predict_proba(self, X: Any) -> Floats:
        """Return the class shares of each row's cell, shape (rows, classes)."""
        check_is_fitted(self)
        values = _read_columns(self, X, is_first=False)[self.column_index_]
        cells = Cells(tuple(self.categories_), self.edges_).locate(values)
        shares: Floats = np.vstack([self.probabilities_, self.class_prior_])[cells]
        return shares

    def __sklearn_tags__(self) -> Any:
        """Say that text and missing values are welcome, and that one column may be too little."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True
        tags.input_tags.allow_nan = tags.input_tags.string = tags.input_tags.categorical = True
        return tags


def smooth_shares(counts: npt.NDArray[Any], prior: Floats | float) -> Floats:
    """Return the shares of `counts` along the last axis, with one more row a class spread as `prior` says."""
    weight = counts.shape[-1]
    shares: Floats = (counts + weight * prior) / (counts.sum(axis=-1, keepdims=True) + weight)
    return shares


def leave_one_out_log_loss(table: Integers) -> float:
    """Return the mean log-loss of rows, each predicted from the smoothed shares of all the others.

    Parameters
    ----------
    table
        Training rows by cell and class. Rows of one cell and class are alike, hence no row needs a fit of its own.
    """
    rows, weight = table.sum(), table.shape[1]
    cell, label = np.nonzero(table)
    count = table[cell, label]
    prior = table.sum(axis=0)[label] / (rows - 1 + weight)
    likelihood = (count - 1 + weight * prior) / (table.sum(axis=1)[cell] - 1 + weight)
    return float(-(count * np.log(likelihood)).sum() / rows)


def _read_columns(estimator: SingleColumnClassifier, X: Any, *, is_first: bool) -> list[npt.NDArray[Any]]:
    """Return each column as an array of floats where it is numeric, else of objects."""
    if not isinstance(X, pd.DataFrame):
        X = check_array(X, dtype=None, ensure_all_finite="allow-nan", estimator=estimator)
    elif X.empty:
        raise ValueError(f"at least one row and one column are needed, got a table of shape {X.shape}")
    validate_data(estimator, X, reset=is_first, skip_check_array=True)
    columns = [X.iloc[:, i] for i in range(X.shape[1])] if isinstance(X, pd.DataFrame) else list(X.T)
    return [np.asarray(c, dtype=np.float64 if is_numeric_dtype(c.dtype) else object) for c in columns]


def _read_labels(y: Any) -> npt.NDArray[Any]:
    labels: npt.NDArray[Any] = check_array(column_or_1d(y, warn=True), ensure_2d=False, dtype=None, input_name="y")
    return labels


def _find_cells(values: npt.NDArray[Any], bins: int) -> Cells:
    known = values[~pd.isna(values)]
    if values.dtype == object:
        return Cells(tuple(sorted(set(known))), None)
    if not len(known):
        return Cells((), np.empty(0))
    return Cells((), np.unique(np.quantile(known, np.arange(1, bins) / bins)))


def _count(cells: Cells, values: npt.NDArray[Any], labels: Integers, classes: int) -> Integers:
    table = np.zeros((cells.missing + 1, classes), dtype=np.int64)
    np.add.at(table, (cells.locate(values), labels), 1)
    return table
