"""What `/data` shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ml.results import Origin
from ml.spec import SourceSpec
from webapp.jobs.cards import JobCard


@dataclass(frozen=True)
class ColumnLine:
    """A column of the spec. `values` are its categories in order, or its range."""

    name: str
    label: str
    kind: str
    values: tuple[str, ...]
    help: str
    why_sensitive: str
    is_target: bool


@dataclass(frozen=True)
class BeforeAfter:
    """One line of the comparison of raw and clean."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Reason:
    """Why cells were changed or are missing, and how many."""

    why: str
    cells: int


@dataclass(frozen=True)
class ColumnChanges:
    """What cleaning did to one column. `not_understood` are values with their counts, the most frequent first."""

    label: str
    name: str
    read_from: str
    """The raw header, where it differs."""
    corrected: tuple[Reason, ...]
    missing: tuple[Reason, ...]
    not_understood: tuple[tuple[str, int], ...]
    not_understood_more: int


@dataclass(frozen=True)
class RejectedLine:
    """A raw row that was left out. `detail` is what stood in place of its label."""

    row: int
    why: str
    detail: str


@dataclass(frozen=True)
class CleaningView:
    """The cleaning report in words and tables."""

    comparison: tuple[BeforeAfter, ...]
    columns: tuple[ColumnChanges, ...]
    dropped: tuple[str, ...]
    rejected: tuple[RejectedLine, ...]
    rejected_more: int
    repeats: str
    repeat_groups: tuple[tuple[int, ...], ...]
    repeat_groups_more: int


@dataclass(frozen=True)
class DataPage:
    """`/data`. `stale` says that the spec has changed since, or that an older Proctor wrote the report."""

    state: Literal["ready", "stale", "preparing", "empty"]
    title: str
    heading: str
    lead: tuple[str, ...]
    origin: Origin | None
    origin_name: str
    prepared_at: int | None
    is_stand_in: bool
    source: SourceSpec | None
    cleaning: CleaningView | None
    has_clean_file: bool
    has_rejected_file: bool
    columns: tuple[ColumnLine, ...]
    jobs: tuple[JobCard, ...]
