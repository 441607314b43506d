"""Several models that answer together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, clone
from sklearn.utils import get_tags
from sklearn.utils.multiclass import check_classification_targets, unique_labels
from sklearn.utils.validation import check_is_fitted, validate_data

from ml.train.probable import ProbableMixin

Floats = npt.NDArray[np.float64]


class SoftVote(ProbableMixin, BaseEstimator):
    """Answer the mean of what the members answer, each with the same weight.

    scikit-learn's VotingClassifier does so too, but hands its members numbers for labels, sorted by name: the order of
    the classes would be lost to members that need it.

    Parameters
    ----------
    members
        Names and unfitted classifiers, each with all the preparation that it needs.

    Attributes
    ----------
    members_ : list of (str, estimator)
        Fitted to the same rows.
    """

    def __init__(self, members: Sequence[tuple[str, Any]]) -> None:
        self.members = members

    def fit(self, X: Any, y: Any) -> Self:
        """Fit every member."""
        _, labels = validate_data(self, X, y, dtype=None, ensure_all_finite=False, accept_sparse=True)
        check_classification_targets(labels)
        self.classes_ = unique_labels(labels)
        self.members_ = [(name, clone(member).fit(X, labels)) for name, member in self.members]
        return self

    def predict_proba(self, X: Any) -> Floats:
        """Return the mean probability of each class, shape (rows, classes)."""
        check_is_fitted(self)
        validate_data(self, X, reset=False, dtype=None, ensure_all_finite=False, accept_sparse=True)
        shares: Floats = np.mean([member.predict_proba(X) for _, member in self.members_], axis=0)
        return shares

    def __sklearn_tags__(self) -> Any:
        """Say that what every member takes is welcome."""
        tags = super().__sklearn_tags__()
        inputs = [get_tags(member).input_tags for _, member in self.members]
        tags.input_tags.sparse = all(one.sparse for one in inputs)
        tags.input_tags.allow_nan = all(one.allow_nan for one in inputs)
        return tags
