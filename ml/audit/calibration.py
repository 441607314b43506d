"""Probabilities that say more, or less, than comes true."""

from __future__ import annotations

import numpy as np

from ml.audit.matrix import Floats, Integers
from ml.examination.audit import Finding

_Z = 1.959963984540054
_STEPS = 50
_CLIP = 1e-6
_FAR_OFF = 0.05
_SLOPES = (0.6, 1.67)
"""Outside of these a slope is worth a word, if all of its interval is on that side of 1."""
_LEAST_ROWS = 20


def check_calibration(probabilities: Floats, labels: Integers, classes: tuple[str, ...]) -> tuple[Finding, ...]:
    """Find classes whose predicted share, or spread of probabilities, is far from what came true.

    In the large: the mean probability against the share of the class. The slope: of the outcome on the logit of the
    probability in a logistic regression (D. Cox, Two further applications of a model for binary regression, Biometrika
    45, 1958); below 1 the probabilities are too extreme, a warning, above it too timid, a note. Of two classes the
    second speaks for both.

    Parameters
    ----------
    probabilities
        Of held-out rows, shape (rows, classes).
    """
    found = []
    for code, name in list(enumerate(classes))[len(classes) == 2 :]:  # noqa: PLR2004 - as the docstring says
        outcome = (labels == code).astype(np.float64)
        if not _LEAST_ROWS <= outcome.sum() <= outcome.size - _LEAST_ROWS:
            continue
        chance = probabilities[:, code]
        slope, error = fit_slope(chance, outcome)
        low, high = slope - _Z * error, slope + _Z * error
        is_bold = _is_off(chance, outcome) or (high < 1 and slope < _SLOPES[0])
        if is_bold or (low > 1 and slope > _SLOPES[1]):
            evidence = {
                "predicted": float(chance.mean()),
                "observed": float(outcome.mean()),
                "slope": slope,
                "low": low,
                "high": high,
            }
            found.append(Finding("calibration", "warning" if is_bold else "note", (name,), evidence))
    return tuple(found)


def fit_slope(chance: Floats, outcome: Floats) -> tuple[float, float]:
    """Return the slope of `outcome` on the logit of `chance`, and its standard error.

    Maximum likelihood by Newton's steps. Where there is nothing to fit a line to, the slope is 1 with an endless error.
    """
    clipped = np.clip(chance, _CLIP, 1 - _CLIP)
    logit = np.log(clipped / (1 - clipped))
    X = np.column_stack([np.ones_like(logit), logit])
    if np.ptp(logit) == 0:
        return 1.0, float("inf")
    weights = np.zeros(2)
    for _ in range(_STEPS):
        mean = _predict(X, weights)
        step = np.linalg.solve(_inform(X, weights), X.T @ (outcome - mean))
        weights = weights + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-10:  # noqa: PLR2004 - as near as doubles come
            break
    return float(weights[1]), float(np.sqrt(np.linalg.inv(_inform(X, weights))[1, 1]))


def _predict(X: Floats, weights: Floats) -> Floats:
    mean: Floats = 1 / (1 + np.exp(-np.clip(X @ weights, -30, 30)))
    return mean


def _inform(X: Floats, weights: Floats) -> Floats:
    mean = _predict(X, weights)
    information: Floats = (X * (mean * (1 - mean))[:, None]).T @ X + 1e-9 * np.eye(X.shape[1])
    return information


def _is_off(chance: Floats, outcome: Floats) -> bool:
    difference = chance - outcome
    error = float(np.std(difference, ddof=1)) / np.sqrt(outcome.size)
    mean = abs(float(difference.mean()))
    return mean > _FAR_OFF and mean > _Z * error
