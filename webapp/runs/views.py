"""From what the queries find to what the pages show: words, links, places on a strip."""

from __future__ import annotations

from dataclasses import replace

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ml.places import ArtifactRoots
from ml.spec import DatasetSpec
from webapp.audit.findings import find_verdict
from webapp.audit.verdicts import AUDIT_TAG, describe_verdict
from webapp.formats import decimal, integer
from webapp.record.pages import RecordView
from webapp.runs.context import Asked, make_context
from webapp.runs.pages import Column, RunDetailPage, RunLine, RunsPage
from webapp.runs.queries import STATES, Filters, Order, RunDetail, RunPage, RunRow
from webapp.runs.reports import RunReport, find_report
from webapp.runs.sections import show_sections
from webapp.runs.sentences import describe_family
from webapp.runs.summary import summarise
from webapp.scores import Company, Score, make_score


def show_runs(found: RunPage, filters: Filters, order: Order, families: tuple[str, ...]) -> RunsPage:
    """Make the run table with its links."""
    return RunsPage(
        headline=_count_in_words(found, filters),
        total=found.total,
        matching=found.matching,
        filters=filters,
        families=tuple((family, describe_family(family)) for family in families),
        states=tuple((state, describe_state(state)[0]) for state in STATES),
        columns=_columns(filters, order),
        lines=tuple(make_line(row) for row in found.rows),
        older=_link(filters, replace(order, after=found.next)) if found.next else "",
        newest=_link(filters, replace(order, after=None)) if order.after else "",
    )


def show_run(
    found: RunDetail, record: RecordView, roots: ArtifactRoots, spec: DatasetSpec, language: str, asked: Asked
) -> RunDetailPage:
    """Make one run's page; a run that others logged has no report and shows what MLflow holds of it."""
    report = find_report(found.artifact_uri, roots)
    state, kind = describe_state(found.row.status)
    verdict = find_run_verdict(found, report)
    return RunDetailPage(
        run=found.row,
        name=found.row.name or found.row.run_id[:8],
        family=describe_family(found.row.family),
        state=state,
        state_kind=kind,
        audit=describe_verdict(verdict),
        report=summarise(report, found.row.family or "", spec, language, verdict) if report else None,
        sections=show_sections(make_context(found, report, spec, language, asked)) if report else (),
        versions=tuple(version for name, version in found.versions if name == spec.name),
        record=record,
    )


def find_run_verdict(found: RunDetail, report: RunReport | None) -> str:
    """The audit's verdict: from the report, or from the run's tag where that is lost; empty where nobody examined."""
    audit = report.examination.audit if report else None
    return find_verdict(audit) if audit else dict(found.tags).get(AUDIT_TAG, "")


def describe_state(status: str | None) -> tuple[str, str]:
    """A run's state as a word and as the kind of its icon."""
    known = {
        "RUNNING": (_("Running"), "spin"),
        "SCHEDULED": (_("Waiting"), "wait"),
        "FINISHED": (_("Finished"), "good"),
        "FAILED": (_("Failed"), "bad"),
        "KILLED": (_("Stopped"), "look"),
    }
    return known.get(status or "", (status or "–", "look"))


def make_line(row: RunRow) -> RunLine:
    """Lay out a run for a table."""
    state, kind = describe_state(row.status)
    name = row.name or row.run_id[:8]
    family = describe_family(row.family) if row.family else _("logged by others")
    is_named_after_family = row.family is not None and name.startswith(f"{row.family}-")
    has_company = row.accuracy is not None and row.prior_accuracy is not None
    return RunLine(
        id=row.run_id,
        name=name,
        title=family if is_named_after_family else name,
        aside="" if is_named_after_family else family,
        state=state,
        state_kind=kind,
        score=_row_score(row) if has_company else None,
        accuracy_alone=decimal(row.accuracy) if row.accuracy is not None and not has_company else "",
        f1_macro=decimal(row.macro_f1),
        qwk=decimal(row.qwk),
        log_loss=decimal(row.log_loss),
        started_at=row.started_at,
        duration=row.duration,
    )


def _row_score(row: RunRow) -> Score:
    company = Company(row.accuracy_low, row.accuracy_high, row.prior_accuracy, row.single_column_accuracy)
    return make_score("accuracy", row.accuracy or 0.0, company)


def _columns(filters: Filters, order: Order) -> tuple[Column, ...]:
    def column(name: str, sort: str, *, number: bool = False) -> Column:
        is_sorted = order.by == sort
        descending = not order.descending if is_sorted else number
        aria = ("descending" if order.descending else "ascending") if is_sorted else ""
        return Column(name, sort, _link(filters, Order(sort, descending)), aria, number)

    return (
        column(_("Run"), "name"),
        column(_("State"), "status"),
        column(_("Accuracy: prior, one column, run"), "accuracy", number=True),
        column(_("Macro F1"), "macro_f1", number=True),
        column(_("QWK"), "qwk", number=True),
        column(_("Log-loss"), "log_loss", number=True),
        column(_("Started"), "started_at", number=True),
        column(_("Took"), "duration", number=True),
    )


def _link(filters: Filters, order: Order) -> str:
    default = Order()
    sort = f"-{order.by}" if order.descending else order.by
    is_default = (order.by, order.descending) == (default.by, default.descending)
    return url_for(
        "runs.index",
        q=filters.text or None,
        family=filters.family or None,
        state=filters.state.lower() or None,
        sort=None if is_default else sort,
        after=order.after,
    )


def _count_in_words(found: RunPage, filters: Filters) -> str:
    if filters.are_any:
        return _("%(matching)s of %(total)s runs", matching=integer(found.matching), total=integer(found.total))
    return ngettext("%(num)s run", "%(num)s runs", found.total)
