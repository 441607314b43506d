"""Mean and standard deviation of whatever people log: a run that diverged to 1e300 overflows the plain formulas."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence


def mean(values: Sequence[float]) -> float:
    """The mean of finite numbers, without the care for exactness that makes Python's own slow."""
    try:
        return math.fsum(values) / len(values)
    except OverflowError:
        return math.fsum(value / len(values) for value in values)


def deviation(values: Sequence[float]) -> float | None:
    """The standard deviation of a sample of finite numbers; None of one value alone."""
    if len(values) < 2:  # noqa: PLR2004 (with one value there is no spread)
        return None
    try:
        found = _deviate(values)
    except OverflowError:
        found = math.inf
    if math.isfinite(found):
        return found
    largest = max(map(abs, values))
    return min(_deviate([value / largest for value in values]) * largest, sys.float_info.max)


def _deviate(values: Sequence[float]) -> float:
    middle = mean(values)
    return math.sqrt(math.fsum([(value - middle) ** 2 for value in values]) / (len(values) - 1))
