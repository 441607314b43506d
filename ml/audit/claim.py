"""A published score: whether it can be, how sure it is, and what the rows allow."""

from __future__ import annotations

import math

from scipy.stats import beta

from ml.audit.twins import Bound
from ml.examination.audit import Claim, Finding

_LEVEL = 0.95
_FAR = 0.1
FRACTIONS = frozenset({"accuracy"})
"""Metrics that are a share of rows."""


def check_claim(claim: Claim, rows: int) -> tuple[Finding, ...]:
    """Say which fraction of `rows` a claimed accuracy is, with its exact interval, or that it is none.

    A share of n rows is k/n for a whole k, so of the numbers with that many digits only some are possible (N. Brown and
    J. Heathers, The GRIM test, Soc. Psychol. Personal. Sci. 8, 2017). The number of digits is that of the shortest
    text that reads as the value.
    """
    below, above = math.floor(claim.value * rows), math.ceil(claim.value * rows)
    right = min((below, above), key=lambda k: abs(k / rows - claim.value))
    if abs(right / rows - claim.value) > _half_digit(claim.value):
        evidence: dict[str, float | str] = {
            "rows": rows,
            "value": _show(claim.value),
            "below": f"{below}/{rows}",
            "above": f"{above}/{rows}",
        }
        return (Finding("impossible_fraction", "warning", (), evidence),)
    low, high = exact_interval(right, rows)
    evidence = {"value": _show(claim.value), "rows": rows, "right": right, "low": low, "high": high}
    return (Finding("possible_fraction", "note", (), evidence),)


def check_bound(
    accuracy: float, interval: tuple[float, float], bound: Bound, *, on_these_rows: bool
) -> tuple[Finding, ...]:
    """Hold an accuracy and its interval against what equal rows allow.

    A cheat is what lies above it with its whole interval: no rule on these columns can do so. Above what is possible on
    the rows that have an equal it is only implausible, since the others may be easier.
    """
    low, high = interval
    evidence: dict[str, float | str] = {"accuracy": accuracy, "low": low, "high": high}
    if on_these_rows and accuracy > bound.ceiling + 1e-9:
        return (Finding("above_ceiling", "cheat", (), evidence | {"bound": bound.ceiling}),)
    if low > bound.total:
        return (Finding("above_ceiling", "cheat", (), evidence | {"bound": bound.total}),)
    if bound.best_at_most is not None and low > bound.best_at_most:
        return (Finding("above_twins", "warning", (), evidence | {"bound": bound.best_at_most}),)
    return ()


def check_far_above(accuracy: float, rows: int, rules: float) -> tuple[Finding, ...]:
    """Find an accuracy far above that of plain rules on held-out rows, by its whole interval and a tenth."""
    low, high = exact_interval(round(accuracy * rows), rows)
    if low <= rules + _FAR:
        return ()
    return (Finding("above_rules", "warning", (), {"accuracy": accuracy, "low": low, "high": high, "rules": rules}),)


def exact_interval(hits: int, rows: int) -> tuple[float, float]:
    """Return the exact 95 % interval of a binomial share.

    C. Clopper and E. Pearson, The use of confidence or fiducial limits, Biometrika 26 (1934).
    """
    tail = (1 - _LEVEL) / 2
    low = float(beta.ppf(tail, hits, rows - hits + 1)) if hits else 0.0
    high = float(beta.ppf(1 - tail, hits + 1, rows - hits)) if hits < rows else 1.0
    return low, high


def _half_digit(value: float) -> float:
    digits = len(_show(value).partition(".")[2])
    return 0.5 * 10.0**-digits + 1e-12


def _show(value: float) -> str:
    return f"{value:.12f}".rstrip("0").rstrip(".") if value < 1 else "1"
