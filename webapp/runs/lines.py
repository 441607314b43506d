"""A run in a list: its name in words, its state, and its accuracy with company."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from webapp.formats import decimal
from webapp.runs.names import is_named_after, name_run
from webapp.runs.pages import RunLine, RunName
from webapp.runs.queries import RunRow
from webapp.runs.sentences import describe_family
from webapp.scores import Company, Score, make_score

_STATES = {
    "RUNNING": (lazy_gettext("Running"), "spin"),
    "SCHEDULED": (lazy_gettext("Waiting"), "wait"),
    "FINISHED": (lazy_gettext("Finished"), "good"),
    "FAILED": (lazy_gettext("Failed"), "bad"),
    "KILLED": (lazy_gettext("Stopped"), "look"),
}


def describe_state(status: str | None) -> tuple[str, str]:
    """A run's state as a word and as the kind of its icon."""
    word, kind = _STATES.get(status or "", (status or "–", "look"))
    return str(word), kind


def make_name(row: RunRow) -> RunName:
    """Say what a run is called."""
    name = name_run(row)
    family = describe_family(row.family) if row.family else _("logged by others")
    is_named_after_family = is_named_after(name, row.family)
    return RunName(
        id=row.run_id,
        name=name,
        title=family if is_named_after_family else name,
        aside="" if is_named_after_family else family,
    )


def make_line(row: RunRow) -> RunLine:
    """Lay out a run for a list."""
    state, kind = describe_state(row.status)
    called = make_name(row)
    has_company = row.accuracy is not None and row.prior_accuracy is not None
    return RunLine(
        id=called.id,
        name=called.name,
        title=called.title,
        aside=called.aside,
        state=state,
        state_kind=kind,
        score=make_row_score(row) if has_company else None,
        accuracy_alone=decimal(row.accuracy) if row.accuracy is not None and not has_company else "",
        started_at=row.started_at,
    )


def make_row_score(row: RunRow) -> Score:
    """Lay out a run's accuracy with what its row knows of the company."""
    company = Company(row.accuracy_low, row.accuracy_high, row.prior_accuracy, row.single_column_accuracy)
    return make_score("accuracy", row.accuracy or 0.0, company)
