"""A fitted pipeline that answers by a decision rule, for those who load it from the registry."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin

from ml.rules import DEFAULT_RULE, Decision


class RuledPipeline(ClassifierMixin, BaseEstimator):
    """Names classes by a rule; its probabilities are those of the pipeline.

    Parameters
    ----------
    pipeline
        Fitted.
    categories
        The classes in the order that the rule and the prior go by.
    rule, prior
        See `ml.rules.Decision`.
    """

    def __init__(self, pipeline: Any, categories: tuple[str, ...], rule: str, prior: tuple[float, ...]) -> None:
        self.pipeline = pipeline
        self.categories = categories
        self.rule = rule
        self.prior = prior

    @property
    def classes_(self) -> npt.NDArray[Any]:
        """Those of the pipeline, in the order of its probabilities."""
        classes: npt.NDArray[Any] = self.pipeline.classes_
        return classes

    def fit(self, X: Any, y: Any) -> Self:
        """Fit the pipeline anew; the rule and its prior stay."""
        self.pipeline.fit(X, y)
        return self

    def predict_proba(self, X: Any) -> npt.NDArray[np.float64]:
        """Return the probabilities of `classes_`, shape (rows, classes)."""
        shares: npt.NDArray[np.float64] = self.pipeline.predict_proba(X)
        return shares

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Return the class that the rule names for each row."""
        shares = self.predict_proba(X)
        in_order = np.zeros((len(shares), len(self.categories)))
        in_order[:, [self.categories.index(label) for label in self.classes_]] = shares
        return np.array(self.categories, dtype=object)[Decision(self.rule, self.prior).decide(in_order)]


def answer_by(pipeline: Any, categories: tuple[str, ...], decision: Decision) -> Any:
    """Return what answers by the rule: the pipeline itself where that is the most probable class."""
    if decision.rule == DEFAULT_RULE:
        return pipeline
    return RuledPipeline(pipeline, categories, decision.rule, decision.prior)
