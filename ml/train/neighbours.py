"""Nearest neighbours among rows of which many are equally near."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from ml.train.probable import ProbableMixin
from ml.train.single_column import smooth_shares

Floats = npt.NDArray[np.float64]

TIE = 1e-9
"""Squared distances that differ by less are equal: rounding must not decide who is a neighbour."""


class NeighbourShares(ProbableMixin, BaseEstimator):
    """Predict the class shares among the nearest training rows, all that are as near as the k-th included.

    Between categories many distances are equal; scikit-learn's KNeighborsClassifier then keeps k of them by their place
    in the table, and a table is often sorted by what is to be predicted. Distance is Euclidean. Shares are drawn
    towards those of all training rows with the weight of one row a class (the m-estimate of Cestnik, ECAI 1990).

    Parameters
    ----------
    n_neighbors
        How many rows at least; all of them where there are no more.

    Attributes
    ----------
    rows_ : ndarray of shape (rows, features)
    labels_ : ndarray of shape (rows, classes)
        1 where a row has the class.
    class_prior_ : ndarray of shape (classes,)
        Smoothed class shares of all training rows.
    """

    def __init__(self, n_neighbors: int = 30) -> None:
        self.n_neighbors = n_neighbors

    def fit(self, X: Any, y: Any) -> Self:
        """Keep the rows."""
        self.rows_, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        self.labels_ = np.eye(len(self.classes_))[labels]
        self.class_prior_ = smooth_shares(self.labels_.sum(axis=0), 1 / len(self.classes_))
        return self

    def predict_proba(self, X: Any) -> Floats:
        """Return the class shares among each row's neighbours, shape (rows, classes)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        squares = (X**2).sum(axis=1)[:, None] - 2 * X @ self.rows_.T + (self.rows_**2).sum(axis=1)
        last = min(self.n_neighbors, len(self.rows_)) - 1
        farthest = np.partition(squares, last, axis=1)[:, last, None]
        return smooth_shares((squares <= farthest + TIE) @ self.labels_, self.class_prior_)
