"""The winner among many, read as what it would have been without the choosing."""

from __future__ import annotations

import numpy as np
from scipy import stats
from scipy.integrate import quad

from ml.examination.audit import Finding

_GRAVE = 1.0
"""In standard errors: luck worth more than this is a warning."""


def check_selection(accuracy: float, error: float, tried: int) -> tuple[Finding, ...]:
    """Say what luck adds to the best of `tried` configurations that are chosen and scored on the same rows.

    Were all equally good and their errors independent, the best of m would exceed the truth by `error` times the mean
    of the largest of m standard normal numbers, so that is the most that choosing adds, and dependence makes it less.

    Parameters
    ----------
    error
        Standard error of `accuracy`.
    """
    if tried < 2:  # noqa: PLR2004 - one is no choice
        return ()
    luck = error * expect_largest(tried)
    evidence = {"tried": tried, "luck": luck, "accuracy": accuracy, "corrected": accuracy - luck}
    return (Finding("winner", "warning" if luck > _GRAVE * error else "note", (), evidence),)


def expect_largest(m: int) -> float:
    """Return the mean of the largest of m independent standard normal numbers, ∫ x m φ(x) Φ(x)ᵐ⁻¹ dx.

    H. David and H. Nagaraja, *Order Statistics*, 3rd ed., 3.1.
    """
    found, _ = quad(lambda x: x * m * stats.norm.pdf(x) * np.exp((m - 1) * stats.norm.logcdf(x)), -10, 12, limit=200)
    return float(found)
