"""One metric of many runs: each run's history in few stretches, and the mean of runs that belong together."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from statistics import fmean, stdev

GRID = 100
"""Places at which the means of groups are taken."""


@dataclass(frozen=True, slots=True)
class Band:
    """Neighbouring values of a run: where they begin and end, how many they are, their range and mean.

    Where none is finite, the last three are None.
    """

    begin: float
    end: float
    count: int
    low: float | None
    high: float | None
    mean: float | None

    @property
    def middle(self) -> float:
        """Where it is drawn."""
        return (self.begin + self.end) / 2


@dataclass(frozen=True)
class Strand:
    """A run's history in bands, in order. `last` is its last value, None where that is no finite number."""

    run_id: str
    name: str
    group: str
    bands: tuple[Band, ...]
    nans: int
    infinities: int
    last: float | None

    @property
    def count(self) -> int:
        """The values that it has."""
        return sum(band.count for band in self.bands)

    @property
    def lowest(self) -> float | None:
        """The lowest finite value."""
        return min((band.low for band in self.bands if band.low is not None), default=None)

    @property
    def highest(self) -> float | None:
        """The highest finite value."""
        return max((band.high for band in self.bands if band.high is not None), default=None)


@dataclass(frozen=True)
class MeanPoint:
    """The mean of a group's runs at one place, and their standard deviation, None where there is one run alone."""

    at: float
    mean: float
    spread: float | None
    lowest: float
    runs: int


@dataclass(frozen=True)
class Group:
    """Runs that belong together, and their mean along the way."""

    name: str
    runs: int
    points: tuple[MeanPoint, ...]


def list_ends(bands: Sequence[Band]) -> list[tuple[float, float | None]]:
    """What is drawn of a run: of each band its lowest and highest, the nearer to what came before first."""
    drawn: list[tuple[float, float | None]] = []
    before: float | None = None
    for band in bands:
        if band.low is None or band.high is None:
            drawn.append((band.middle, None))
            before = None
            continue
        is_falling = before is not None and abs(before - band.high) < abs(before - band.low)
        ends = (band.high, band.low) if is_falling else (band.low, band.high)
        drawn += [(band.middle, end) for end in dict.fromkeys(ends)]
        before = ends[1]
    return drawn


def smooth_bands(bands: Sequence[Band], weight: float) -> list[tuple[float, float | None]]:
    """A moving average through the bands' means, in which a band of many values counts as so many."""
    drawn: list[tuple[float, float | None]] = []
    total = mass = 0.0
    for band in bands:
        if band.mean is not None:
            kept = weight**band.count
            total, mass = kept * total + (1 - kept) * band.mean, kept * mass + (1 - kept)
        drawn.append((band.middle, total / mass if band.mean is not None and mass else None))
    return drawn


def average_groups(strands: Sequence[Strand]) -> tuple[Group, ...]:
    """Average the runs of each group at places that all groups share; a run counts as far as it goes."""
    lines = [(strand, _means(strand)) for strand in strands]
    known = [line for _strand, line in lines if line]
    if not known:
        return ()
    begin, end = min(line[0][0] for line in known), max(line[-1][0] for line in known)
    places = [begin + (end - begin) * number / (GRID - 1) for number in range(GRID)] if end > begin else [begin]
    names = sorted({strand.group for strand in strands})
    return tuple(
        _average(name, [line for strand, line in lines if line and strand.group == name], places) for name in names
    )


def _average(name: str, lines: list[list[tuple[float, float]]], places: list[float]) -> Group:
    points = []
    for at in places:
        values = [value for line in lines if isfinite(value := _interpolate(line, at))]
        if values:
            spread = stdev(values) if len(values) > 1 else None
            points.append(MeanPoint(at, fmean(values), spread, min(values), len(values)))
    return Group(name, len(lines), tuple(points))


def _means(strand: Strand) -> list[tuple[float, float]]:
    return [(band.middle, band.mean) for band in strand.bands if band.mean is not None]


def _interpolate(line: list[tuple[float, float]], at: float) -> float:
    """The value between two known ones; beyond the first and the last there is none."""
    if not line[0][0] <= at <= line[-1][0]:
        return float("nan")
    place = bisect_right(line, at, key=lambda point: point[0])
    (left, before), (right, after) = line[place - 1], line[min(place, len(line) - 1)]
    return before if right == left else before + (after - before) * (at - left) / (right - left)
