"""The paired test over folds and the interval of a share in plain Python, for a web process without NumPy and SciPy.

`ml.evaluate.intervals` and `ml.evaluate.reliability` do the same with SciPy; a test holds them together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist, fmean, variance

from ml.results import Difference

LEVEL = 0.95
_STEPS = 200
_FAR = 1e6


def pair_folds(values: Sequence[float], others: Sequence[float], folds: int) -> Difference:
    """Return the mean of `values - others` over the same folds, with its 95 % interval and two-sided p-value.

    The corrected-resampled t test: the variance of the mean is taken as (1/J + 1/(folds - 1)) s² with J - 1 degrees of
    freedom (Nadeau and Bengio, Machine Learning 52, 2003; Bouckaert and Frank, PAKDD 2004).

    Parameters
    ----------
    values, others
        One a fold, of every repeat, in the same order; at least two.
    folds
        Folds a repeat.
    """
    differences = [value - other for value, other in zip(values, others, strict=True)]
    mean, freedom = fmean(differences), len(differences) - 1
    if max(differences) == min(differences):
        return Difference(differences[0], differences[0], differences[0], 0.0 if differences[0] else 1.0)
    error = math.sqrt((1 / len(differences) + 1 / (folds - 1)) * variance(differences))
    half = t_quantile(LEVEL, freedom) * error
    return Difference(mean, mean - half, mean + half, two_sided_p(mean / error, freedom))


def wilson_interval(hits: int, rows: int) -> tuple[float, float]:
    """Return the ends of Wilson's 95 % score interval of the share `hits` of `rows` (JASA 22, 1927)."""
    share, z = hits / rows, NormalDist().inv_cdf((1 + LEVEL) / 2)
    middle = (share + z**2 / (2 * rows)) / (1 + z**2 / rows)
    half = z / (1 + z**2 / rows) * math.sqrt(share * (1 - share) / rows + z**2 / (4 * rows**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def two_sided_p(t: float, freedom: int) -> float:
    """Return the probability that Student's t with so many degrees of freedom is further from 0 than `t`."""
    return max(0.0, 1.0 - _probability_within(abs(t), freedom))


def t_quantile(level: float, freedom: int) -> float:
    """Return the t within which Student's distribution has the probability `level`, found by halving."""
    low, high = 0.0, _FAR
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _probability_within(middle, freedom) < level else (low, middle)
    return (low + high) / 2


def _probability_within(t: float, freedom: int) -> float:
    """Return the probability of |T| < t by the finite sums for whole degrees of freedom.

    Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4.
    """
    angle = math.atan2(t, math.sqrt(freedom))
    sine, square = math.sin(angle), math.cos(angle) ** 2
    is_odd = freedom % 2
    term = math.cos(angle) if is_odd else 1.0
    total, number = 0.0, 2 if is_odd else 1
    for _ in range(freedom // 2):
        total += term
        term *= square * number / (number + 1)
        number += 2
    return 2 / math.pi * (angle + sine * total) if is_odd else sine * total


def adjust_holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values that may be held against one level together.

    The i-th smallest of m is multiplied by m - i + 1, none ends up below a smaller one's and none above 1 (Holm,
    Scandinavian Journal of Statistics 6, 1979).
    """
    adjusted, highest = [0.0] * len(p_values), 0.0
    for place, number in enumerate(sorted(range(len(p_values)), key=lambda number: p_values[number])):
        highest = max(highest, min(1.0, p_values[number] * (len(p_values) - place)))
        adjusted[number] = highest
    return adjusted
