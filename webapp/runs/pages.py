"""What the pages about runs show."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.audit.verdicts import VerdictView
from webapp.record.pages import RecordView
from webapp.runs.histories.live import LiveView
from webapp.runs.histories.views import HistoriesView
from webapp.runs.queries import RunRow
from webapp.runs.sections import Section
from webapp.runs.summary import Summary
from webapp.scores import Score


@dataclass(frozen=True)
class RunName:
    """What a run is called.

    `title` leads to the run: its family where the name says no more than that and the time, else its name, with the
    family as `aside`.
    """

    id: str
    name: str
    title: str
    aside: str


@dataclass(frozen=True)
class RunLine(RunName):
    """A run in a list. `score` is its accuracy with company; None where nothing honest is known."""

    state: str
    state_kind: str
    score: Score | None
    accuracy_alone: str
    started_at: int | None


@dataclass(frozen=True)
class RunDetailPage:
    """`/runs/<run_id>`."""

    run: RunRow
    name: str
    family: str
    state: str
    state_kind: str
    audit: VerdictView
    report: Summary | None
    sections: tuple[Section, ...]
    versions: tuple[int, ...]
    record: RecordView
    experiment: str
    """Its name; empty where the experiment is gone."""
    no_graph: str = ""
    """That scikit-learn answers by it in a process apart, and why; empty where a graph does."""
    live: LiveView | None = None
    histories: HistoriesView | None = None
