"""The inverse power law of learning curves, fitted with its uncertainty."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ml.examination.sure import CurvePoint, Extrapolation
from ml.results import LOWER_IS_BETTER, Estimate

Floats = npt.NDArray[np.float64]

EXPONENTS = np.geomspace(0.05, 3.0, 120)
_DRAWS = 2000
_PLACES = 24
_ENDS = (0.025, 0.975)
_WIDEST = 2.0
"""An interval at twice the rows that is wider than so many times the one at all rows says: nobody knows."""


def extrapolate(
    rows: Floats, scores: Floats, metric: str, all_rows: int, folds: int, seed: int
) -> Extrapolation | None:
    """Fit a - b n^-c to the mean scores and follow it to twice `all_rows`; None where the points do not pin it down.

    The law and its use are Cortes et al. (NIPS 1994) and Figueroa et al. (BMC Medical Informatics and Decision Making
    12, 2012), whose weights are taken: the j-th of m sizes weighs j/m. With b >= 0 the curve cannot fall; c lies in
    [0.05, 3]; a limit of accuracy beyond 1, or of a loss below 0, is drawn back to it. Intervals come from refitting
    2,000 draws of the points' means from a multivariate t distribution, whose covariance over the folds is corrected
    for overlapping training rows as in `ml.evaluate.intervals`. They answer how uncertain the law's parameters are;
    that scores follow such a law beyond the rows that there are is an assumption.

    Parameters
    ----------
    rows
        Shape (sizes,), growing.
    scores
        Shape (folds × repeats, sizes).
    """
    sign = -1.0 if metric in LOWER_IS_BETTER else 1.0
    top = 0.0 if metric in LOWER_IS_BETTER else 1.0
    means = _draw_means(sign * scores, folds, seed)
    limits, scales, exponents = fit_power_law(rows, means, top)
    places = np.array([*np.geomspace(rows[0], 2.0 * all_rows, _PLACES), all_rows, 2.0 * all_rows])
    followed = sign * (limits[:, None] - scales[:, None] * places ** -exponents[:, None])
    curve = [CurvePoint(float(place), _estimate(values)) for place, values in zip(places, followed.T, strict=True)]
    now, twice = curve[-2], curve[-1]
    if twice.score.high - twice.score.low > _WIDEST * (now.score.high - now.score.low):
        return None
    return Extrapolation(
        limit=float(sign * limits[0]),
        scale=float(scales[0]),
        exponent=float(exponents[0]),
        curve=tuple(curve[:-2]),
        now=now,
        twice=twice,
        gain=_estimate(sign * (followed[:, -1] - followed[:, -2])),
    )


def fit_power_law(rows: Floats, means: Floats, top: float) -> tuple[Floats, Floats, Floats]:
    """Return a, b and c of the weighted least-squares fit of a - b n^-c to each row of `means`.

    For a given c the law is linear in a and b, so c is searched on a grid and the rest solved (variable projection:
    Golub and Pereyra, SIAM Journal on Numerical Analysis 10, 1973).

    Parameters
    ----------
    means
        Shape (fits, sizes).
    top
        What a may not exceed.

    Returns
    -------
    Three arrays of shape (fits,).
    """
    weights = np.arange(1, len(rows) + 1) / len(rows)
    weights = weights / weights.sum()
    tried = []
    for exponent in EXPONENTS:
        shrunk = rows**-exponent
        center, middle = weights @ shrunk, means @ weights
        spread = weights @ (shrunk - center) ** 2
        scale = np.maximum(0.0, -((means - middle[:, None]) @ (weights * (shrunk - center))) / spread)
        limit = middle + scale * center
        bound = np.maximum(0.0, ((top - means) @ (weights * shrunk)) / (weights @ shrunk**2))
        scale, limit = np.where(limit > top, bound, scale), np.minimum(limit, top)
        error = ((means - limit[:, None] + scale[:, None] * shrunk) ** 2) @ weights
        tried.append((error, limit, scale))
    errors, limits, scales = (np.array(part) for part in zip(*tried, strict=True))
    best = errors.argmin(axis=0)
    fits = np.arange(means.shape[0])
    return limits[best, fits], scales[best, fits], EXPONENTS[best]


def _draw_means(scores: Floats, folds: int, seed: int) -> Floats:
    """Return the means over folds, and under them draws of what they might have been."""
    count = len(scores)
    covariance = np.cov(scores, rowvar=False) * (1 / count + 1 / (folds - 1))
    random = np.random.default_rng(seed)
    normal = random.multivariate_normal(np.zeros(scores.shape[1]), covariance, size=_DRAWS, method="eigh")
    stretch = np.sqrt((count - 1) / random.chisquare(count - 1, size=(_DRAWS, 1)))
    return np.vstack([scores.mean(axis=0), scores.mean(axis=0) + normal * stretch])


def _estimate(values: Floats) -> Estimate:
    """Return the fit's own value, which comes first, and the middle 95 % of the draws."""
    low, high = np.quantile(values[1:], _ENDS)
    return Estimate(float(values[0]), float(low), float(high))
