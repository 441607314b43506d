"""Three ways to bend probabilities so that they come true as often as they say, learned from unseen rows' predictions.

Each is a list of arrays, plain enough to be saved by anything and to be written as a graph.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, log_softmax, logit, softmax
from sklearn.isotonic import IsotonicRegression

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

SMALLEST = 1e-12
"""Shares are kept so far off 0 and 1 before a logarithm is taken."""
_LARGEST_LOG = 10.0
_DIGITS = 3


def learn_bends(method: str, probabilities: Floats, labels: Integers) -> list[Floats]:
    """Learn to bend from the probabilities of rows that the model had not seen.

    `sigmoid` and `isotonic` learn one curve a class, the class against the rest, and the bent shares of a row are
    divided by their sum (Zadrozny and Elkan, KDD 2002).

    - `sigmoid`: slope and offset of a logistic curve over the share's log-odds, shape (2,), fitted to Platt's smoothed
      targets (Platt, Advances in Large Margin Classifiers, 1999);
    - `isotonic`: the knots of the non-decreasing curve of least squares, shape (2, knots): shares before and after
      (Zadrozny and Elkan), learned from shares of three digits: nothing is learned from less, and a graph in which a
      share is off by a rounding error must not fall down a step;
    - `temperature`: one number for all classes, shape (1,), by which log-probabilities are divided
      (Guo et al., ICML 2017).

    Parameters
    ----------
    probabilities
        Shape (rows, classes).
    labels
        Shape (rows,), positions of the true classes.
    """
    if method == "temperature":
        return [_learn_temperature(probabilities, labels)]
    learn = {"sigmoid": _learn_sigmoid, "isotonic": _learn_isotonic}[method]
    return [learn(shares, (labels == label).astype(np.float64)) for label, shares in enumerate(probabilities.T)]


def bend(method: str, bends: Sequence[Floats], probabilities: Floats) -> Floats:
    """Bend probabilities, shape (rows, classes), as learned; each row's add up to 1."""
    if method == "temperature":
        bent: Floats = softmax(_log(probabilities) / bends[0][0], axis=1)
        return bent
    columns = zip(bends, probabilities.T, strict=True)
    if method == "sigmoid":
        curves = [expit(slope * _log_odds(shares) + offset) for (slope, offset), shares in columns]
    else:
        curves = [np.interp(shares, before, after) for (before, after), shares in columns]
    return _normalise(np.column_stack(curves))


def _learn_sigmoid(shares: Floats, hits: Floats) -> Floats:
    positive = hits.sum()
    targets = np.where(hits > 0, (positive + 1) / (positive + 2), 1 / (len(hits) - positive + 2))
    odds = _log_odds(shares)

    def loss(curve: Floats) -> tuple[float, Floats]:
        raw = curve[0] * odds + curve[1]
        error = expit(raw) - targets
        return float((np.logaddexp(0, raw) - targets * raw).sum()), np.array([error @ odds, error.sum()])

    start = np.array([1.0, 0.0])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"gtol": 1e-8, "ftol": 1e-14, "maxiter": 1000})
    return np.asarray(found.x, dtype=np.float64)


def _learn_isotonic(shares: Floats, hits: Floats) -> Floats:
    curve = IsotonicRegression(y_min=0, y_max=1).fit(shares.round(_DIGITS), hits)
    return np.array([curve.X_thresholds_, curve.y_thresholds_], dtype=np.float64)


def _learn_temperature(probabilities: Floats, labels: Integers) -> Floats:
    logs, rows = _log(probabilities), np.arange(len(labels))

    def loss(log_of_inverse: float) -> float:
        return -float(log_softmax(np.exp(log_of_inverse) * logs, axis=1)[rows, labels].mean())

    found = minimize_scalar(loss, bounds=(-_LARGEST_LOG, _LARGEST_LOG), options={"xatol": 1e-10})
    return np.array([np.exp(-found.x)])


def _log(probabilities: Floats) -> Floats:
    logs: Floats = np.log(np.maximum(probabilities, SMALLEST))
    return logs


def _log_odds(shares: Floats) -> Floats:
    odds: Floats = logit(np.clip(shares, SMALLEST, 1 - SMALLEST))
    return odds


def _normalise(shares: Floats) -> Floats:
    """Divide each row by its sum; one that is all zero says nothing, so every class is as likely."""
    sums = shares.sum(axis=1, keepdims=True)
    even = np.full_like(shares, 1 / shares.shape[1])
    divided: Floats = np.divide(shares, sums, out=even, where=sums > 0)
    return divided
