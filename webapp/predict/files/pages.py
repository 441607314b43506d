"""What `/predict/files` and the page of one file show."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.jobs.cards import JobCard
from webapp.predict.files.forms import FileForm
from webapp.runs.sentences import Worth


@dataclass(frozen=True)
class WantedColumn:
    """A column that the file has to have, and what may stand in it."""

    name: str
    label: str
    takes: str


@dataclass(frozen=True)
class ProblemLine:
    """One problem with its place; empty where it is about the whole file."""

    row: str
    column: str
    words: str


@dataclass(frozen=True)
class ProblemList:
    """The first problems of a file, how many there are, and in how many rows."""

    headline: str
    lines: tuple[ProblemLine, ...]
    more: str


@dataclass(frozen=True)
class FileLine:
    """A file in the table."""

    id: str
    about: str
    state: str
    icon: str
    created_at: int


@dataclass(frozen=True)
class FilesPage:
    """`/predict/files`; `form` is None while no model answers."""

    form: FileForm | None
    refusal: str
    problems: ProblemList | None
    version: int | None
    worth: Worth | None
    notice: str
    columns: tuple[WantedColumn, ...]
    lines: tuple[FileLine, ...]
    days: int


@dataclass(frozen=True)
class PreviewRow:
    """A row as it was read, and its answer."""

    number: str
    named: str
    share: float
    set: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """The first rows, answered when the file was sent."""

    headers: tuple[str, ...]
    rows: tuple[PreviewRow, ...]
    has_sets: bool
    request_id: str


@dataclass(frozen=True)
class FilePage:
    """`/predict/files/<job_id>`: the card while it is at work, else what came of it."""

    id: str
    headline: str
    about: str
    sentence: str
    worth: Worth | None
    notice: str
    version: int
    card: JobCard
    can_cancel: bool
    download: str
    facts: tuple[tuple[str, str], ...]
    gone: str
    preview: Preview | None
    problems: ProblemList | None
