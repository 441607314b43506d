"""What `/models` shows."""

from __future__ import annotations

from dataclasses import dataclass

from ml.report.card.document import Document
from webapp.audit.verdicts import VerdictView
from webapp.models.forms import PromoteForm
from webapp.models.queries import Decision
from webapp.runs.sentences import Worth
from webapp.scores import Score


@dataclass(frozen=True)
class VersionLine:
    """A version in the table."""

    version: int
    run_id: str | None
    has_run: bool
    family: str
    created_at: int | None
    is_champion: bool
    is_challenger: bool
    can_serve: bool
    audit: VerdictView
    has_card: bool
    is_card_complete: bool
    score: Score | None


@dataclass(frozen=True)
class ModelsPage:
    """`/models`."""

    name: str
    lines: tuple[VersionLine, ...]
    champion: VersionLine | None
    worth: Worth | None
    decisions: tuple[Decision, ...]
    form: PromoteForm
    promoting: int | None


@dataclass(frozen=True)
class Download:
    """A file of the card."""

    name: str
    href: str


@dataclass(frozen=True)
class CardPage:
    """`/models/<version>/card`. `document` is None where there is no card to show."""

    name: str
    version: int
    run_id: str | None
    title: str
    is_champion: bool
    document: Document | None
    downloads: tuple[Download, ...]
