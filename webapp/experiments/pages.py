"""What the pages about experiments show."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from webapp.charts.views import FigureView
from webapp.runs.pages import RunLine
from webapp.runs.pickers import Choice, Option, OptionGroup
from webapp.scores import Score


@dataclass(frozen=True)
class ExperimentLine:
    """An experiment in the list. `best` is the run with the best accuracy."""

    id: int
    name: str
    runs: int
    going: int
    last_start: int | None
    best: RunLine | None


@dataclass(frozen=True)
class ArchivedLine:
    """An experiment that MLflow calls deleted."""

    id: int
    name: str
    runs: int
    archived_at: int | None


@dataclass(frozen=True)
class ExperimentsPage:
    """`/experiments`: a page of those in use, and all that are archived."""

    headline: str
    lead: str
    lines: tuple[ExperimentLine, ...]
    archived: tuple[ArchivedLine, ...]
    earlier: str
    later: str


@dataclass(frozen=True)
class StateCount:
    """How many runs are in a state; `href` leads to them."""

    word: str
    kind: str
    runs: int
    href: str


@dataclass(frozen=True)
class MetricField:
    """A list of metrics with the list of which way is better."""

    name: str
    label: str
    groups: tuple[OptionGroup, ...]
    better_name: str
    better_label: str
    better: tuple[Option, ...]


@dataclass(frozen=True)
class ChartForm:
    """What can be picked for a chart; `hidden` keeps what the others show."""

    fields: tuple[MetricField, ...]
    hidden: tuple[tuple[str, str], ...]
    anchor: str


@dataclass(frozen=True)
class BestRun:
    """The best run with its score in company, or its bare number where no baseline is known."""

    id: str
    name: str
    score: Score | None
    alone: str
    interval: str
    is_training: bool


@dataclass(frozen=True)
class FrontLine:
    """A run that none beats; each number with its interval and its baseline, empty where it has none."""

    id: str
    name: str
    x: str
    x_interval: str
    x_prior: str
    y: str
    y_interval: str
    y_prior: str


@dataclass(frozen=True)
class BestView:
    """The best so far over time."""

    form: ChartForm
    run: BestRun | None
    figure: FigureView | None
    notes: tuple[str, ...]


@dataclass(frozen=True)
class FrontView:
    """Two metrics against each other."""

    form: ChartForm
    figure: FigureView | None
    x: str
    y: str
    lines: tuple[FrontLine, ...]
    more: int
    """Members of the front beyond those in `lines`."""
    notes: tuple[str, ...]
    lacking: str
    """Why there is no figure, where there is none."""


@dataclass(frozen=True)
class ActivityView:
    """When runs began."""

    units: tuple[Choice, ...]
    figure: FigureView | None
    earlier: str
    later: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class ExperimentPage:
    """`/experiments/<id>`."""

    id: int
    name: str
    is_archived: bool
    archived_at: int | None
    lead: str
    runs: int
    archived_runs: int
    states: tuple[StateCount, ...]
    first_start: int | None
    last_start: int | None
    runs_href: str
    note: Markup
    tags: tuple[tuple[str, str], ...]
    best: BestView | None
    front: FrontView | None
    activity: ActivityView | None


@dataclass(frozen=True)
class UnknownPage:
    """An id that no experiment has."""

    id: str
