"""What the pages about many runs show."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.runs.edit.forms import DeleteForm, NoteForm, TagForm, UntagForm
from webapp.runs.edit.protection import FedVersion
from webapp.runs.edit.queries import ArchivedRun, Deletion


@dataclass(frozen=True)
class RunLine:
    """A run that was ticked."""

    id: str
    name: str
    state: str
    state_kind: str
    started_at: int | None


@dataclass(frozen=True)
class PickedRuns:
    """The runs that were ticked, the first of them by name; `back` leads to where they were ticked."""

    ids: tuple[str, ...]
    lines: tuple[RunLine, ...]
    more: str
    gone: str
    back: str


@dataclass(frozen=True)
class EditForms:
    """The forms of the page; the one that was sent holds what was typed, and what is wrong with it."""

    tag: TagForm
    untag: UntagForm
    note: NoteForm


@dataclass(frozen=True)
class EditPage:
    """`/runs/edit`. `problem` is about no field; without `forms` there is nothing to change."""

    headline: str
    lead: str
    problem: str
    picked: PickedRuns
    forms: EditForms | None
    keys: tuple[str, ...]
    archived: int
    active: int


@dataclass(frozen=True)
class DeletePage:
    """`/runs/edit/delete`. `hindrances` are the reasons why nothing can be deleted; without `form` there are some."""

    headline: str
    picked: PickedRuns
    facts: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    hindrances: tuple[str, ...]
    versions: tuple[FedVersion, ...]
    phrase: str
    form: DeleteForm | None


@dataclass(frozen=True)
class ArchivedPage:
    """`/runs/archived`. A link that is empty is not shown."""

    headline: str
    rows: tuple[ArchivedRun, ...]
    text: str
    total: int
    back: str
    older: str
    newest: str


@dataclass(frozen=True)
class ArchivedRunPage:
    """`/runs/<run_id>` of a run that was archived."""

    run: ArchivedRun
    address: str


@dataclass(frozen=True)
class DeletedRunPage:
    """`/runs/<run_id>` of a run that was deleted for good."""

    run_id: str
    deletion: Deletion
