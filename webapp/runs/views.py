"""From what the queries find to what the pages show: words, links, places on a strip."""

from __future__ import annotations

from pathlib import Path

from flask import url_for

from ml.spec import DatasetSpec
from webapp.artifacts import find_artifact_folder, list_artifacts
from webapp.audit.findings import find_verdict
from webapp.audit.verdicts import AUDIT_TAG, describe_verdict
from webapp.runs.context import Asked, make_context
from webapp.runs.lines import describe_state
from webapp.runs.pages import Artifact, RunDetailPage
from webapp.runs.queries import RunDetail
from webapp.runs.reports import RunReport, find_report
from webapp.runs.sections import show_sections
from webapp.runs.sentences import describe_family
from webapp.runs.summary import summarise


def show_run(found: RunDetail, root: Path, spec: DatasetSpec, language: str, asked: Asked) -> RunDetailPage:
    """Make one run's page; a run that others logged has no report and shows what MLflow holds of it."""
    report = find_report(found.artifact_uri, root)
    state, kind = describe_state(found.row.status)
    folder = find_artifact_folder(found.artifact_uri, root)
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
        params=found.params,
        tags=tuple((key, value) for key, value in found.tags if not key.startswith("mlflow.log-model")),
        metrics=found.metrics,
        artifacts=tuple(
            Artifact(name, size, url_for("runs.artifact", run_id=found.row.run_id, name=name))
            for name, size in (list_artifacts(folder) if folder else ())
        ),
        experiment=found.experiment,
    )


def find_run_verdict(found: RunDetail, report: RunReport | None) -> str:
    """The audit's verdict: from the report, or from the run's tag where that is lost; empty where nobody examined."""
    audit = report.examination.audit if report else None
    return find_verdict(audit) if audit else dict(found.tags).get(AUDIT_TAG, "")
