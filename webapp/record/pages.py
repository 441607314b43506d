"""What a run's page shows of what MLflow holds of it."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from webapp.files.pages import FilesView


@dataclass(frozen=True)
class NoteDraft:
    """A note that could not be written: what was typed, why it was refused, and what it is now if that is why."""

    typed: str
    error: str
    theirs: str | None = None


@dataclass(frozen=True)
class NoteView:
    """A run's note. `text` is what the form starts from and `made_from` its fingerprint."""

    html: Markup
    text: str
    made_from: str
    longest: int
    draft: NoteDraft | None = None


@dataclass(frozen=True)
class Entry:
    """A parameter or a tag; a long value is shown in a box that scrolls."""

    key: str
    value: str
    is_long: bool


@dataclass(frozen=True)
class MetricLine:
    """A metric's last value, rounded for reading and exact."""

    key: str
    value: str
    exact: str
    step: int
    at: int


@dataclass(frozen=True)
class Fact:
    """Something about where, when and with what a run took place."""

    name: str
    value: str
    is_code: bool = False


@dataclass(frozen=True)
class Link:
    """Something in the line from data to predictions; `aside` says more about it."""

    text: str
    href: str = ""
    aside: str = ""


@dataclass(frozen=True)
class Step:
    """A step of that line: what there is of it, or `nothing` in words; `folded` are many of a kind, counted."""

    title: str
    links: tuple[Link, ...]
    nothing: str = ""
    count: str = ""
    folded: tuple[Link, ...] = ()


@dataclass(frozen=True)
class RecordView:
    """All of it."""

    note: NoteView
    steps: tuple[Step, ...]
    facts: tuple[Fact, ...]
    libraries: tuple[str, ...]
    params: tuple[Entry, ...]
    tags: tuple[Entry, ...]
    metrics: tuple[MetricLine, ...]
    system_metrics: tuple[MetricLine, ...]
    files: FilesView
