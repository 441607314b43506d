"""From the jobs of audits to their pages."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import Connection

from webapp.audit.findings import find_verdict, show_audit
from webapp.audit.forms import AuditForm
from webapp.audit.pages import AuditLine, AuditPage, AuditResultPage
from webapp.audit.queries import list_audits, read_audit
from webapp.audit.verdicts import describe_verdict
from webapp.formats import integer
from webapp.jobs.cards import JobCard, describe_state, make_card
from webapp.jobs.queue import Job
from webapp.jobs.states import State
from webapp.scores import describe_metric

LAST_AUDITS = 20


def make_audit_page(conn: Connection, form: AuditForm, refusal: str = "") -> AuditPage:
    """The form, and the last audits."""
    return AuditPage(form, refusal, tuple(make_line(found) for found in list_audits(conn, LAST_AUDITS)))


def make_result_page(conn: Connection, found: Job, now: int, *, is_admin: bool) -> AuditResultPage:
    """One audit, wherever it stands."""
    card = make_card(conn, found, now, is_admin=is_admin)
    report = read_audit(found)
    return AuditResultPage(
        id=found.id,
        headline=say_headline(card, find_verdict(report) if report else None),
        about=str(found.params.get("about", "")),
        asked=list_asked(found),
        card=card,
        audit=show_audit(report) if report else None,
    )


def say_headline(card: JobCard, verdict: str | None) -> str:
    """The answer, or why there is none yet; an empty verdict says that no check could be made."""
    found = {
        "": _("Nothing could be checked"),
        "clean": _("Nothing speaks against it"),
        "look": _("Something should be looked at first"),
        "cheat": _("Not what it claims"),
    }
    states = {
        State.QUEUED: _("The audit waits for its turn"),
        State.RUNNING: _("The audit is at work"),
        State.FAILED: _("It could not be examined"),
        State.CANCELLED: _("The audit was cancelled"),
        State.DONE: _("What it found cannot be read by this release"),
    }
    return states[card.state] if verdict is None else found[verdict]


def list_asked(found: Job) -> tuple[tuple[str, str], ...]:
    """What was to be examined, as names and values."""
    params = found.params
    claim = f"{describe_metric(params['metric'])[0]} {params['value']}" if "value" in params else None
    asked = (
        (_("Table"), params.get("table")),
        (_("Column with the class"), params.get("target")),
        (_("Predictions"), params.get("predictions")),
        (_("Rows it was trained on"), params.get("training")),
        (_("Claim"), claim),
        (_("On how many rows"), integer(params["rows"]) if "rows" in params else None),
        (_("Best of how many that were tried"), integer(params["tried"]) if "tried" in params else None),
    )
    return tuple((name, value) for name, value in asked if value)


def make_line(found: Job) -> AuditLine:
    """An audit in the table."""
    report = read_audit(found)
    state, icon = describe_state(found)
    return AuditLine(
        id=found.id,
        about=str(found.params.get("about", "")),
        verdict=describe_verdict(find_verdict(report)) if report else None,
        state=state,
        icon=icon,
        created_by=found.created_by,
        created_at=found.created_at,
    )
