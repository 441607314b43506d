"""What the pages about runs show."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.runs.context import Section
from webapp.runs.queries import Filters, RunRow
from webapp.runs.sentences import Worth
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
class ClassLine:
    """A line of the classification report; `step` is the class's place in the ordered ramp, 1 to 4, or 0."""

    name: str
    precision: float
    recall: float
    f1: float
    support: int
    step: int


@dataclass(frozen=True)
class Cell:
    """A cell of the confusion matrix: a mean count a repeat, and how dark it is (0 to 4)."""

    count: float
    heat: int


@dataclass(frozen=True)
class MatrixLine:
    """What became of the rows of one true class."""

    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class ScoreLine:
    """A metric of the long table."""

    score: Score
    training: str


@dataclass(frozen=True)
class ReportView:
    """A run's report, ready to be shown."""

    worth: Worth
    scores: tuple[Score, ...]
    all_scores: tuple[ScoreLine, ...]
    training_accuracy: str
    folds: int
    repeats: int
    rows: int
    rows_noun: str
    is_stand_in: bool
    classes: tuple[str, ...]
    class_lines: tuple[ClassLine, ...]
    macro: ClassLine
    weighted: ClassLine
    matrix: tuple[MatrixLine, ...]
    matrix_point: str


@dataclass(frozen=True)
class Artifact:
    """A file that the run left."""

    name: str
    size: int
    href: str


@dataclass(frozen=True)
class RunDetailPage:
    """`/runs/<run_id>`."""

    run: RunRow
    name: str
    family: str
    state: str
    state_kind: str
    report: ReportView | None
    sections: tuple[Section, ...]
    versions: tuple[int, ...]
    params: tuple[tuple[str, str], ...]
    tags: tuple[tuple[str, str], ...]
    metrics: tuple[tuple[str, float | None], ...]
    artifacts: tuple[Artifact, ...]
