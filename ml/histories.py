"""A metric's history: thousands of values, thinned to what can be drawn without losing a spike, and smoothed.

A curve is cut into stretches of equally many values, and each keeps its lowest and its highest. Values that are no
finite numbers are counted and leave gaps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from math import ceil, isfinite, isnan, nan
from typing import NamedTuple

MOST_POINTS = 1000
"""Drawn of one curve that stands alone; a screen has hardly more columns of pixels."""
HEAVIEST = 0.99


class Point(NamedTuple):
    """One value as logged. `place` counts along the curve; `time` is UTC epoch milliseconds."""

    place: int
    step: int
    time: int
    value: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring values of a curve; the last four are None where none of them is finite."""

    first: Point
    last: Point
    count: int
    opening: Point | None
    low: Point | None
    high: Point | None
    final: Point | None


@dataclass(frozen=True)
class Curve:
    """A metric's history, thinned. `smoothed` has the stretches of its moving average, or none.

    `turns` counts where the step goes back as the curve goes on, which happens only along the clock.
    """

    key: str
    count: int
    nans: int
    infinities: int
    turns: int
    stretches: tuple[Stretch, ...]
    smoothed: tuple[Stretch, ...] = ()

    @property
    def lowest(self) -> Point | None:
        """The lowest finite value, the first of equals."""
        return min((item.low for item in self.stretches if item.low), key=_value, default=None)

    @property
    def highest(self) -> Point | None:
        """The highest finite value, the first of equals."""
        return max((item.high for item in self.stretches if item.high), key=_value, default=None)

    @property
    def last(self) -> Point | None:
        """The last finite value."""
        return next((item.final for item in reversed(self.stretches) if item.final), None)


class Smoother:
    """An exponential moving average that is not drawn towards zero at its start."""

    def __init__(self, weight: float) -> None:
        """Take the weight of what came before, 0 (none of it) to 0.99."""
        self._weight, self._sum, self._mass = weight, 0.0, 0.0

    def __call__(self, value: float) -> float:
        """Take the next value; what is not finite passes by and changes nothing."""
        if not isfinite(value):
            return nan
        self._sum = self._weight * self._sum + (1 - self._weight) * value
        self._mass = self._weight * self._mass + (1 - self._weight)
        return self._sum / self._mass


def trace_curve(
    key: str, points: Iterable[Point], count: int, *, weight: float = 0.0, most: int = MOST_POINTS
) -> Curve:
    """Thin a curve of about `count` points, read once and in order, to at most about `most`."""
    smoother = Smoother(weight)
    stretches: list[Stretch] = []
    smoothed: list[Stretch] = []
    seen = nans = infinities = turns = 0
    step = None
    for part in _cut(points, 1 if count <= most else ceil(count / (most // 2))):
        seen += len(part)
        for point in part:
            turns += step is not None and point.step < step
            step = point.step
            if not isfinite(point.value):
                nans, infinities = nans + isnan(point.value), infinities + (not isnan(point.value))
        stretches.append(_gather(part))
        if weight:
            smoothed.append(_gather([Point(p.place, p.step, p.time, smoother(p.value)) for p in part]))
    return Curve(key, seen, nans, infinities, turns, tuple(stretches), tuple(smoothed))


def list_drawn(stretches: tuple[Stretch, ...]) -> Iterator[Point | None]:
    """Yield what is drawn, in order: of each stretch the lowest and highest, the curve's two ends, None for a gap."""
    known = [item for item in stretches if item.final]
    ends = {known[0].opening, known[-1].final} if known else set()
    for item in stretches:
        kept = {item.low, item.high} | (ends & {item.opening, item.final})
        found = sorted(point for point in kept if point is not None)
        yield from found or (None,)


def join_stretches(stretches: tuple[Stretch, ...], most: int) -> tuple[Stretch, ...]:
    """Put neighbours together until there are at most `most`, as even as can be."""
    size = ceil(len(stretches) / most)
    return tuple(_join(stretches[start : start + size]) for start in range(0, len(stretches), size or 1))


def _cut(points: Iterable[Point], size: int) -> Iterator[list[Point]]:
    rest = iter(points)
    while part := list(islice(rest, size)):
        yield part


def _gather(part: list[Point]) -> Stretch:
    finite = [point for point in part if isfinite(point.value)]
    if not finite:
        return Stretch(part[0], part[-1], len(part), None, None, None, None)
    low, high = min(finite, key=_value), max(finite, key=_value)
    return Stretch(part[0], part[-1], len(part), finite[0], low, high, finite[-1])


def _join(items: tuple[Stretch, ...]) -> Stretch:
    return Stretch(
        first=items[0].first,
        last=items[-1].last,
        count=sum(item.count for item in items),
        opening=next((item.opening for item in items if item.opening), None),
        low=min((item.low for item in items if item.low), key=_value, default=None),
        high=max((item.high for item in items if item.high), key=_value, default=None),
        final=next((item.final for item in reversed(items) if item.final), None),
    )


def _value(point: Point) -> float:
    return point.value
