"""Numbers as codes of bins, for families that count."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

Floats = npt.NDArray[np.float64]


class QuantileBins(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Cut every column at its quantiles: 0 is a missing value, 1 the lowest bin.

    Parameters
    ----------
    bins
        Into how many bins of about equal size a column is cut; fewer where many values are equal.

    Attributes
    ----------
    edges_ : list of ndarray
        Inner edges of each column: bin i + 1 holds edges[i-1] < x ≤ edges[i].
    """

    def __init__(self, bins: int = 5) -> None:
        self.bins = bins

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: ARG002 - scikit-learn hands every step the labels
        """Find the edges."""
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan")
        self.edges_ = [_find_edges(column[~np.isnan(column)], self.bins) for column in X.T]
        return self

    def transform(self, X: Any) -> Floats:
        """Return the code of each cell, shape (rows, columns)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        codes = [
            np.searchsorted(edges, column, side="left") + 1 for edges, column in zip(self.edges_, X.T, strict=True)
        ]
        found: Floats = np.where(np.isnan(X), 0.0, np.array(codes, dtype=np.float64).T)
        return found

    def __sklearn_tags__(self) -> Any:
        """Say that missing values are welcome."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def _find_edges(known: Floats, bins: int) -> Floats:
    if not len(known):
        return np.empty(0)
    edges: Floats = np.unique(np.quantile(known, np.arange(1, bins) / bins))
    return edges
