"""Intervals and tests for means over folds, which are not independent: their training rows overlap."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from ml.results import Difference, Estimate

_LEVEL = 0.95


def estimate_mean(values: npt.NDArray[np.float64], folds: int) -> Estimate:
    """Return the mean of repeated cross-validation with its 95 % corrected-resampled t interval.

    The variance of the mean is taken as (1/J + n_test/n_train) s² with J - 1 degrees of freedom, where J is the number
    of values and n_test/n_train is 1/(folds - 1) (Nadeau and Bengio, Inference for the generalization error, Machine
    Learning 52, 2003; for repeated cross-validation Bouckaert and Frank, PAKDD 2004). Plain s²/J would shrink without
    end as repeats are added, though no row is.

    The ends are not clipped to the metric's range: near a bound one may lie beyond it, which says that the t
    approximation is strained there. Equal values give an interval of no width.

    Parameters
    ----------
    values
        One a fold, of every repeat; at least two.
    folds
        Folds a repeat.
    """
    mean, half = float(values.mean()), _half_width(values, folds)
    return Estimate(mean, mean - half, mean + half)


def compare_means(values: npt.NDArray[np.float64], others: npt.NDArray[np.float64], folds: int) -> Difference:
    """Return the mean of `values - others`, fold by fold, with interval and two-sided p-value.

    The corrected-resampled t test of Nadeau and Bengio, see `estimate_mean`. Where every fold differs by the same,
    p is 0, or 1 if they do not differ at all.
    """
    differences = values - others
    estimate = estimate_mean(differences, folds)
    error = _standard_error(differences, folds)
    if error > 0:
        p_value = float(2 * stats.t.sf(abs(estimate.mean) / error, len(differences) - 1))
    else:
        p_value = 0.0 if estimate.mean else 1.0
    return Difference(estimate.mean, estimate.low, estimate.high, p_value)


def _half_width(values: npt.NDArray[np.float64], folds: int) -> float:
    return float(special.stdtrit(len(values) - 1, (1 + _LEVEL) / 2)) * _standard_error(values, folds)


def _standard_error(values: npt.NDArray[np.float64], folds: int) -> float:
    if np.ptp(values) == 0:
        return 0.0
    return float(np.sqrt((1 / len(values) + 1 / (folds - 1)) * values.var(ddof=1)))
