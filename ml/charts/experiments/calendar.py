"""Runs by day, week or month of their start, UTC, at most a year of them at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

DAY_MS = 86_400_000
_EPOCH = date(1970, 1, 1)
STATES = ("FINISHED", "RUNNING", "SCHEDULED", "KILLED", "FAILED")
OTHER = "OTHER"


class Unit(StrEnum):
    """What one bar stands for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


IN_VIEW = {Unit.DAY: 91, Unit.WEEK: 52, Unit.MONTH: 12}
"""How many bars there are at most."""


class DayCount(NamedTuple):
    """How many runs of one state began on a day, counted from 1970."""

    day: int
    state: str
    runs: int


@dataclass(frozen=True)
class Bar:
    """A stretch of the calendar, `first` and `last` among it, and its runs by state."""

    first: date
    last: date
    runs: Counter[str]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.runs.values())


@dataclass(frozen=True)
class Activity:
    """The bars in view, each stretch having one, and the last days of the views before and after, where anything ran.

    `outside` counts the runs that are not in view.
    """

    unit: Unit
    bars: tuple[Bar, ...]
    outside: int
    earlier: date | None
    later: date | None

    @property
    def runs(self) -> int:
        """The runs in view."""
        return sum(bar.total for bar in self.bars)


def find_unit(days: Iterable[DayCount]) -> Unit:
    """Days where a view of them holds all runs, else weeks."""
    found = [item.day for item in days]
    return Unit.DAY if not found or max(found) - min(found) < IN_VIEW[Unit.DAY] else Unit.WEEK


def lay_out_days(days: Iterable[DayCount], unit: Unit, until: date | None = None) -> Activity | None:
    """Lay out the stretches up to the one with `until` in it, by default the last with a run; None without a run."""
    counts: dict[date, Counter[str]] = {}
    for item in days:
        day = _EPOCH + timedelta(days=item.day)
        state = item.state if item.state in STATES else OTHER
        counts.setdefault(begin_stretch(day, unit), Counter())[state] += item.runs
    if not counts:
        return None
    oldest, newest = min(counts), max(counts)
    last = min(max(begin_stretch(until, unit), oldest), newest) if until else newest
    firsts = [last]
    while len(firsts) < IN_VIEW[unit] and firsts[-1] > oldest:
        firsts.append(begin_stretch(firsts[-1] - timedelta(days=1), unit))
    bars = tuple(Bar(first, end_stretch(first, unit), counts.get(first, Counter())) for first in reversed(firsts))
    outside = sum(sum(found.values()) for found in counts.values()) - sum(bar.total for bar in bars)
    begin = bars[0].first
    return Activity(
        unit=unit,
        bars=bars,
        outside=outside,
        earlier=max(first for first in counts if first < begin) if oldest < begin else None,
        later=_step(last, unit, newest) if last < newest else None,
    )


def begin_stretch(day: date, unit: Unit) -> date:
    """The first day of the stretch that a day is in; weeks begin on Monday."""
    if unit is Unit.WEEK:
        return day - timedelta(days=min(day.weekday(), day.toordinal() - 1))
    return day.replace(day=1) if unit is Unit.MONTH else day


def end_stretch(first: date, unit: Unit) -> date:
    """The last day of the stretch that begins so."""
    if unit is Unit.DAY:
        return first
    if first > date.max - timedelta(days=31):
        return date.max
    if unit is Unit.WEEK:
        return first + timedelta(days=6)
    return begin_stretch(first + timedelta(days=31), unit) - timedelta(days=1)


def to_day(started_at: int) -> date:
    """The day of a time, UTC."""
    return datetime.fromtimestamp(started_at / 1000, UTC).date()


def _step(last: date, unit: Unit, newest: date) -> date:
    """The last day of the next view."""
    for _place in range(IN_VIEW[unit]):
        if last >= newest:
            break
        last = end_stretch(last, unit) + timedelta(days=1)
    return min(last, newest)
