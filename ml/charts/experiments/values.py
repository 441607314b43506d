"""What the charts of an experiment are drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from ml.charts.reader import Reader

LONGEST = 60
"""Letters of a stranger's text in a chart."""
DASH = "\N{NO-BREAK SPACE}–\N{WORD JOINER}\N{NO-BREAK SPACE}"
"""Between the ends of an interval, which are not torn apart."""
LATEST = 253_402_300_799_999
"""The last millisecond of the year 9999, the last that a calendar here can tell."""


class Point(NamedTuple):
    """A run's number for a metric. `run` is its row in the projection; times are UTC epoch milliseconds.

    Points in their own order are in the order of time.
    """

    started_at: int
    run: int
    value: float


PlainPoint = tuple[int, int, float]
"""A point as a database has it: what goes through a hundred thousand of them takes them as they come."""
PlainPair = tuple[int, float, float]


class Pair(NamedTuple):
    """A run's numbers for two metrics."""

    run: int
    x: float
    y: float


@dataclass(frozen=True)
class Company:
    """What stands beside a run's score; None where the run did not log it."""

    low: float | None = None
    high: float | None = None
    prior: float | None = None
    single: float | None = None

    @property
    def has_interval(self) -> bool:
        """Whether both ends are known."""
        return self.low is not None and self.high is not None


ALONE = Company()


@dataclass(frozen=True)
class Who:
    """A run as a chart names it, with the company of its scores by metric."""

    run_id: str
    name: str
    company: Mapping[str, Company]

    def beside(self, metric: str) -> Company:
        """What stands beside this score of the run."""
        return self.company.get(metric, ALONE)


@dataclass(frozen=True)
class Axis:
    """A metric, what people call it, and which way is better."""

    metric: str
    name: str
    is_lower_better: bool

    def gain(self, value: float) -> float:
        """The value, turned so that more is better."""
        return -value if self.is_lower_better else value


@dataclass(frozen=True)
class Counts:
    """How many runs an experiment has, and how many a chart has to leave out."""

    runs: int
    not_logged: int = 0
    not_finite: int = 0
    undated: int = 0

    @property
    def shown(self) -> int:
        """Those that a chart speaks of."""
        return self.runs - self.not_logged - self.not_finite - self.undated


def is_in_calendar(started_at: int | None) -> bool:
    """Whether a chart can place a time."""
    return started_at is not None and 0 <= started_at <= LATEST


def cut(text: str) -> str:
    """Cut a stranger's text, and leave no line break in it."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def say_time(started_at: int) -> str:
    """A time to the minute, UTC."""
    return datetime.fromtimestamp(started_at / 1000, UTC).strftime("%Y-%m-%d %H:%M")


def to_plotly_time(started_at: int) -> str:
    """A time as Plotly takes it."""
    return datetime.fromtimestamp(started_at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def write(value: float | None, reader: Reader) -> str:
    """A metric of any size."""
    small, large = 0.001, 1e6
    if value is None:
        return "–"
    return reader.number(value, 3) if value == 0 or small <= abs(value) < large else reader.value(value)


def write_with(value: float, company: Company, reader: Reader) -> str:
    """A score with its interval and its prior, where they are known."""
    parts = [write(value, reader)]
    if company.has_interval:
        parts.append(f"[{write(company.low, reader)}{DASH}{write(company.high, reader)}]")
    if company.prior is not None:
        parts.append(reader.say(reader.words.beside_prior, value=write(company.prior, reader)))
    return "\N{NO-BREAK SPACE}".join(parts[:2]) + "".join(f" {part}" for part in parts[2:])
