"""What the pages about comparisons show."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.charts.views import FigureView
from webapp.jobs.cards import JobCard
from webapp.scores import Score


@dataclass(frozen=True)
class Choice:
    """A metric to look at."""

    name: str
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class StandLine:
    """A line of the leaderboard. `verdict` is a word with its icon; the reference has no difference."""

    name: str
    aside: str
    score: Score
    difference: str
    p_value: str
    p_holm: str
    verdict_kind: str
    verdict: str


@dataclass(frozen=True)
class MetricView:
    """One metric: its answer in words, its figures and its table."""

    metric: str
    name: str
    definition: str
    headline: str
    sentences: tuple[str, ...]
    leaderboard: FigureView
    differences: FigureView | None
    tests: str
    lines: tuple[StandLine, ...]


@dataclass(frozen=True)
class WinnerLine:
    """What the best by one metric looks like and what it is worth."""

    metric: str
    name: str
    apparent: str
    corrected: str
    interval: str
    candidates: int
    picked: str


@dataclass(frozen=True)
class FiguresLine:
    """Every metric of one family and rule, each with the half width of its interval."""

    name: str
    is_baseline: bool
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CostLine:
    """What a family takes; times in milliseconds."""

    name: str
    fit: float
    row: float
    size: int
    was_kept: bool


@dataclass(frozen=True)
class Findings:
    """A comparison, ready to be shown. `views` holds the chosen metric, or in a file to keep all of them."""

    views: tuple[MetricView, ...]
    choices: tuple[Choice, ...]
    metrics: tuple[str, ...]
    figures: tuple[FiguresLine, ...]
    winners: tuple[WinnerLine, ...]
    costs: tuple[CostLine, ...]
    left_out: tuple[str, ...]
    rules: str
    facts: str
    is_stand_in: bool


@dataclass(frozen=True)
class ListLine:
    """A comparison in the list of them."""

    id: str
    number: int
    title: str
    state_word: str
    icon: str
    created_by: str
    created_at: int
    is_shown: bool


@dataclass(frozen=True)
class ComparePage:
    """`/compare` and `/compare/<job_id>`. Without `findings`, `card` says how far the comparison is."""

    job_id: str
    number: int
    card: JobCard | None
    findings: Findings | None
    others: tuple[ListLine, ...]
