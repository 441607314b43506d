"""What the pages about runs show."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.audit.verdicts import VerdictView
from webapp.record.pages import RecordView
from webapp.runs.queries import Filters, RunRow
from webapp.runs.sections import Section
from webapp.runs.summary import Summary
from webapp.scores import Score


@dataclass(frozen=True)
class Column:
    """A column of the run table: `sort` is None where the table cannot be ordered by it."""

    name: str
    sort: str | None = None
    href: str = ""
    aria_sort: str = ""
    is_number: bool = False


@dataclass(frozen=True)
class RunLine:
    """A run in the table. `score` is its accuracy with company; None where nothing honest is known.

    `title` leads to the run: its family where the name says no more than that and the time, else its name, with the
    family as `aside`.
    """

    id: str
    name: str
    title: str
    aside: str
    state: str
    state_kind: str
    score: Score | None
    accuracy_alone: str
    f1_macro: str
    qwk: str
    log_loss: str
    started_at: int | None
    duration: int | None


@dataclass(frozen=True)
class RunsPage:
    """`/runs`."""

    headline: str
    total: int
    matching: int
    filters: Filters
    families: tuple[tuple[str, str], ...]
    states: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]
    lines: tuple[RunLine, ...]
    older: str
    newest: str


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
