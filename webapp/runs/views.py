"""From what the queries find to what the pages show: words, links, places on a strip."""

from __future__ import annotations

from ml.examination.audit import AUDIT_TAG
from ml.places import ArtifactRoots
from ml.results import NO_GRAPH_TAG
from ml.spec import DatasetSpec
from webapp.audit.findings import find_verdict
from webapp.audit.verdicts import describe_verdict
from webapp.record.pages import RecordView
from webapp.runs.context import Asked, make_context
from webapp.runs.lines import describe_state
from webapp.runs.names import name_run
from webapp.runs.pages import RunDetailPage
from webapp.runs.queries import RunDetail
from webapp.runs.reports import RunReport, find_report
from webapp.runs.sections import show_sections
from webapp.runs.sentences import describe_family, say_no_graph
from webapp.runs.summary import summarise


def show_run(
    found: RunDetail, record: RecordView, roots: ArtifactRoots, spec: DatasetSpec, language: str, asked: Asked
) -> RunDetailPage:
    """Make one run's page; a run that others logged has no report and shows what MLflow holds of it."""
    report = find_report(found.artifact_uri, roots)
    state, kind = describe_state(found.row.status)
    verdict = find_run_verdict(found, report)
    return RunDetailPage(
        run=found.row,
        name=name_run(found.row),
        family=describe_family(found.row.family),
        state=state,
        state_kind=kind,
        audit=describe_verdict(verdict),
        report=summarise(report, found.row.family or "", spec, language, verdict) if report else None,
        sections=show_sections(make_context(found, report, spec, language, asked)) if report else (),
        versions=tuple(version for name, version in found.versions if name == spec.name),
        record=record,
        experiment=found.experiment,
        no_graph=say_no_graph(dict(found.tags).get(NO_GRAPH_TAG, "")),
    )


def find_run_verdict(found: RunDetail, report: RunReport | None) -> str:
    """The audit's verdict: from the report, or from the run's tag where that is lost; empty where nobody examined."""
    audit = report.examination.audit if report else None
    return find_verdict(audit) if audit else dict(found.tags).get(AUDIT_TAG, "")
