"""Logistic regression for classes that are in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit, log_expit
from sklearn.base import BaseEstimator
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from ml.train.probable import ProbableMixin

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_GRADIENT_TOLERANCE = 1e-6


class ProportionalOdds(ProbableMixin, BaseEstimator):
    """The cumulative logit model: P(class ≤ k | x) = σ(θ_k - x·β), one β for all classes.

    McCullagh, Regression models for ordinal data, Journal of the Royal Statistical Society B 42 (1980). Fitted by
    maximum likelihood with an L2 penalty on β alone: C times the negative log-likelihood, summed over rows, plus
    |β|²/2, as in scikit-learn's LogisticRegression, which it equals for two classes.

    Parameters
    ----------
    C
        Inverse strength of the penalty; infinity for none.
    categories
        The classes, worst to best; None where their sorted order is meant. Labels that are whole numbers in place of
        names count `categories` in sorted order, as scikit-learn's label encoder does inside `cross_val_predict`.
    max_iter
        Steps of L-BFGS at most.

    Attributes
    ----------
    classes_ : ndarray of shape (classes,)
        Sorted, as everywhere in scikit-learn.
    order_ : ndarray of shape (classes,)
        Position in `classes_` of each class, worst to best.
    coef_ : ndarray of shape (features,)
        β: how much one unit more of a feature adds to the log-odds of a better class.
    thresholds_ : ndarray of shape (classes - 1,)
        θ, increasing.
    n_iter_ : int
    """

    def __init__(
        self,
        C: float = 1.0,  # noqa: N803 - what scikit-learn calls it
        categories: Sequence[Any] | None = None,
        max_iter: int = 1000,
    ) -> None:
        self.C = C
        self.categories = categories
        self.max_iter = max_iter

    def fit(self, X: Any, y: Any) -> Self:
        """Find β and θ.

        Raises
        ------
        ValueError
            Where there is one class only, or a label that is none of `categories`.
        """
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:  # noqa: PLR2004 - one class leaves nothing to tell apart
            raise ValueError(f"at least two classes are needed, got 1 class: {self.classes_[0]!r}")
        self.order_ = _find_order(self.classes_, self.categories)
        ranks = np.argsort(self.order_)[labels]
        found = minimize(
            _penalised_loss,
            _start(ranks, X.shape[1]),
            args=(X, ranks, len(self.classes_), self.C),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": self.max_iter, "gtol": _GRADIENT_TOLERANCE, "ftol": 1e-12},
        )
        self.coef_, self.thresholds_ = found.x[: X.shape[1]], _thresholds(found.x[X.shape[1] :])
        self.n_iter_ = int(found.nit)
        return self

    def predict_proba(self, X: Any) -> Floats:
        """Return the probability of each class of `classes_`, shape (rows, classes)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        below = expit(self.thresholds_ - (X @ self.coef_)[:, None])
        shares: Floats = np.diff(below, axis=1, prepend=0.0, append=1.0)
        return shares[:, np.argsort(self.order_)]

    def __sklearn_tags__(self) -> Any:
        """Say that classes without an order may be told apart poorly."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True
        return tags


def _find_order(classes: npt.NDArray[Any], categories: Sequence[Any] | None) -> Integers:
    """Return the position in `classes` of each class, worst to best."""
    if categories is None:
        return np.arange(len(classes))
    if classes.dtype.kind in "iu":
        places = np.unique(np.array(categories, dtype=object), return_index=True)[1]
        if classes.max() < len(places):
            return np.argsort(places[classes])
    known = {category: place for place, category in enumerate(categories)}
    if strange := [label for label in classes.tolist() if label not in known]:
        raise ValueError(f"{strange[0]!r} is none of the categories {tuple(categories)}")
    return np.argsort([known[label] for label in classes.tolist()])


def _start(ranks: Integers, features: int) -> Floats:
    """Begin where no feature says anything: there the thresholds are the log-odds of the class shares."""
    below = np.cumsum(np.bincount(ranks))[:-1] / len(ranks)
    thresholds = np.log(below / (1 - below))
    return np.concatenate([np.zeros(features), thresholds[:1], np.log(np.diff(thresholds))])


def _thresholds(free: Floats) -> Floats:
    """Turn the first threshold and the logarithms of the gaps, which may be any numbers, into thresholds."""
    thresholds: Floats = np.cumsum(np.concatenate([free[:1], np.exp(free[1:])]))
    return thresholds


def _penalised_loss(free: Floats, X: Floats, ranks: Integers, classes: int, strength: float) -> tuple[float, Floats]:
    """Return the loss and its gradient.

    With u and l the two thresholds around a row's class less its x·β, σ(u) - σ(l) = σ(u) σ(-l) (1 - exp(l - u)), whose
    logarithm loses no digits: u - l is the gap of the class, the same for all its rows.
    """
    coef, thresholds = free[: X.shape[1]], _thresholds(free[X.shape[1] :])
    gaps, counts = np.exp(free[X.shape[1] + 1 :]), np.bincount(ranks, minlength=classes)
    score = X @ coef
    has_upper, has_lower = ranks < classes - 1, ranks > 0
    upper = np.where(has_upper, thresholds[np.minimum(ranks, classes - 2)] - score, np.inf)
    lower = np.where(has_lower, thresholds[np.maximum(ranks - 1, 0)] - score, -np.inf)
    likelihood = log_expit(upper).sum() + log_expit(-lower).sum() + counts[1:-1] @ np.log1p(-np.exp(-gaps))
    rise, fall = expit(-upper), expit(lower)
    to_thresholds = np.bincount(ranks, rise, classes)[:-1] - np.bincount(ranks, fall, classes)[1:]
    from_here = np.cumsum(to_thresholds[::-1])[::-1]
    to_gaps = gaps * (from_here[1:] + counts[1:-1] / np.expm1(gaps))
    gradient = np.concatenate([X.T @ (fall - rise), from_here[:1], to_gaps])
    weight, penalty = (1.0, 0.0) if np.isinf(strength) else (strength, 1.0)
    loss = -weight * likelihood + penalty * (coef @ coef) / 2
    gradient *= -weight
    gradient[: len(coef)] += penalty * coef
    return float(loss), gradient
