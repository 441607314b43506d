"""From the registry to what `/models` shows."""

from __future__ import annotations

from sqlalchemy import Connection

from ml.places import ArtifactRoots
from ml.spec import DatasetSpec
from webapp.audit.verdicts import describe_verdict
from webapp.models.forms import PromoteForm
from webapp.models.pages import ModelsPage, VersionLine
from webapp.models.queries import CHALLENGER, ModelVersion, list_decisions, list_versions
from webapp.runs.reports import find_report
from webapp.runs.scores import make_scores
from webapp.runs.sentences import Worth, describe_family, say_worth


def show_models(
    conn: Connection, spec: DatasetSpec, roots: ArtifactRoots, language: str, form: PromoteForm
) -> ModelsPage:
    """Lay out every version with its accuracy in company."""
    versions = list_versions(conn, spec.name)
    lines = tuple(_line(version, spec, roots, language) for version in versions)
    champion = next((version for version in versions if version.is_champion), None)
    return ModelsPage(
        name=spec.name,
        lines=lines,
        champion=next((line for line in lines if line.is_champion), None),
        worth=say_version_worth(champion, spec, roots, language) if champion else None,
        decisions=list_decisions(conn, spec.name),
        form=form,
        promoting=form.version.data if form.errors else None,
    )


def say_version_worth(version: ModelVersion, spec: DatasetSpec, roots: ArtifactRoots, language: str) -> Worth | None:
    """A version's worth in words, from its run's report."""
    report = find_report(version.artifact_uri, roots)
    return say_worth(report.evaluation, version.family, spec, language, version.audit) if report else None


def _line(version: ModelVersion, spec: DatasetSpec, roots: ArtifactRoots, language: str) -> VersionLine:
    report = find_report(version.artifact_uri, roots)
    return VersionLine(
        version=version.version,
        run_id=version.run_id,
        has_run=version.artifact_uri is not None,
        family=describe_family(version.family),
        created_at=version.created_at,
        is_champion=version.is_champion,
        is_challenger=CHALLENGER in version.aliases,
        can_serve=bool(version.onnx_sha256),
        audit=describe_verdict(version.audit),
        has_card=version.card_missing is not None,
        is_card_complete=version.card_missing == (),
        score=make_scores(report.evaluation, spec, language, ("accuracy",))["accuracy"] if report else None,
    )
