"""What `/audit` and the page of one audit show."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.audit.findings import AuditView
from webapp.audit.forms import AuditForm
from webapp.audit.verdicts import VerdictView
from webapp.jobs.cards import JobCard


@dataclass(frozen=True)
class AuditLine:
    """An audit in the table: its verdict once it has one, else its state."""

    id: str
    about: str
    verdict: VerdictView | None
    state: str
    icon: str
    created_by: str
    created_at: int


@dataclass(frozen=True)
class AuditPage:
    """`/audit`. `refusal` says why nothing more is taken at the moment."""

    form: AuditForm
    refusal: str
    lines: tuple[AuditLine, ...]


@dataclass(frozen=True)
class AuditResultPage:
    """`/audit/<job_id>`: the card while it is at work or where it failed, else what it found."""

    id: str
    headline: str
    about: str
    asked: tuple[tuple[str, str], ...]
    card: JobCard
    audit: AuditView | None
