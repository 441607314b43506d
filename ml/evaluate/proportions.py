"""Intervals for shares of rows, and for the difference of two such shares."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import stats

from ml.results import Estimate

Floats = npt.NDArray[np.float64]

_ALPHA = 0.05


def estimate_share(hits: Floats, alpha: float = _ALPHA) -> Estimate:
    """Return the mean of `hits` with its score interval (Wilson, JASA 22, 1927; see Brown, Cai and DasGupta, 2001).

    Parameters
    ----------
    hits
        One a row, in [0, 1]: how often the row counted, over its predictions. Each row counts as one trial however
        often it was predicted; a mean of several strays less than one 0 or 1, so the interval is wide rather than
        narrow. It covers the choice of rows, not that of the training rows.
    alpha
        One minus the level.
    """
    share, rows = float(hits.mean()), len(hits)
    low, high = _score_interval(share, rows, alpha)
    return Estimate(share, low, high)


def compare_shares(hits: Floats, others: Floats, comparisons: int = 1) -> Estimate:
    """Return the mean of `hits` minus that of `others`, which are other rows, with an interval.

    The hybrid score interval, no. 10 of Newcombe (Statistics in Medicine 17, 1998). Where the pair was picked among
    `comparisons`, the level is raised to 1 - 0.05/comparisons, so that all of their intervals hold together
    (Bonferroni).
    """
    first, second, alpha = float(hits.mean()), float(others.mean()), _ALPHA / comparisons
    low, high = _score_interval(first, len(hits), alpha)
    other_low, other_high = _score_interval(second, len(others), alpha)
    difference = first - second
    return Estimate(
        difference,
        difference - math.hypot(first - low, other_high - second),
        difference + math.hypot(high - first, second - other_low),
    )


def estimate_row_mean(values: Floats) -> Estimate:
    """Return the mean over rows with its 95 % t interval (Student, Biometrika 6, 1908); at least two rows."""
    mean = float(values.mean())
    error = float(values.std(ddof=1)) / math.sqrt(len(values))
    half = float(stats.t.ppf(1 - _ALPHA / 2, len(values) - 1)) * error
    return Estimate(mean, mean - half, mean + half)


def _score_interval(share: float, rows: int, alpha: float) -> tuple[float, float]:
    z = float(stats.norm.isf(alpha / 2))
    weight = z**2 / rows
    centre = (share + weight / 2) / (1 + weight)
    half = z / (1 + weight) * math.sqrt(share * (1 - share) / rows + weight / (4 * rows))
    return max(centre - half, 0.0), min(centre + half, 1.0)
