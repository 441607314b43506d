"""Classifiers that name the most probable class."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt
from sklearn.base import ClassifierMixin


class ProbableMixin(ClassifierMixin):
    """Give a classifier with `predict_proba` and `classes_` its `predict`."""

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Return the most probable class of each row; of equally probable ones the first of `classes_`."""
        classifier: Any = self
        shares = classifier.predict_proba(X)  # before `classes_`: it knows how to say that nothing is fitted
        chosen: npt.NDArray[Any] = classifier.classes_[shares.argmax(axis=1)]
        return chosen
