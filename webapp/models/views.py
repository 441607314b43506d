"""A version as every page of the registry shows it, and who reads."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Connection

from ml.places import ArtifactRoots
from ml.spec import DatasetSpec
from webapp.audit.verdicts import describe_verdict
from webapp.models.changes import Standing
from webapp.models.history import Decision, find_previous
from webapp.models.listing import RegisteredModel
from webapp.models.pages import HistoryLine, VersionLine
from webapp.models.queries import ModelVersion, find_champion
from webapp.models.sentences import describe_stage, say_decision, say_retired, say_source
from webapp.models.stages import CHALLENGER, CHAMPION
from webapp.runs.reports import find_report
from webapp.runs.scores import make_scores
from webapp.runs.sentences import Worth, describe_family, say_worth


@dataclass(frozen=True)
class Reader:
    """For whom a page is made, and of what site."""

    spec: DatasetSpec
    roots: ArtifactRoots
    language: str
    is_admin: bool = False


def say_version_worth(version: ModelVersion, spec: DatasetSpec, roots: ArtifactRoots, language: str) -> Worth | None:
    """A version's worth in words, from its run's report."""
    report = find_report(version.artifact_uri, roots)
    return say_worth(report.evaluation, version.family, spec, language, version.audit) if report else None


def say_missing_file() -> str:
    """What it means that the champion's file is not where it was."""
    return _(
        "The champion’s file is not on this machine. What is loaded goes on answering until this site is started again."
    )


def make_line(version: ModelVersion, reader: Reader) -> VersionLine:
    """Lay out a version for a list."""
    report = find_report(version.artifact_uri, reader.roots)
    scores = make_scores(report.evaluation, reader.spec, reader.language, ("accuracy",)) if report else {}
    kind, word = describe_stage(version.stage)
    return VersionLine(
        version=version.version,
        href=url_for("models.version", name=version.name, version=version.version),
        card_href=url_for("models.card", name=version.name, version=version.version),
        run_id=version.run_id if version.source.state == "active" else None,
        family=describe_family(version.family) if version.family else "",
        description=version.description,
        created_at=version.created_at,
        user_name=version.user_name,
        stage_kind=kind,
        stage=word,
        is_champion=version.is_champion,
        is_challenger=CHALLENGER in version.aliases,
        others=tuple(alias for alias in version.aliases if alias not in {CHAMPION, CHALLENGER}),
        can_serve=bool(version.file_sha256),
        status="" if version.is_ready else version.status,
        mlflow_stage=version.mlflow_stage,
        source=say_source(version, reader.spec.name),
        audit=describe_verdict(version.audit),
        has_card=version.card_missing is not None,
        is_card_complete=version.card_missing == (),
        retired=say_retired(version.retired),
        score=scores.get("accuracy"),
    )


def make_history(item: Decision) -> HistoryLine:
    """Lay out a decision."""
    return HistoryLine(item.at, item.user_name, say_decision(item), item.reason, item.is_despite_audit)


def find_standing(conn: Connection, name: str, model: RegisteredModel | None) -> Standing:
    """Find what stands where now."""
    champion = find_champion(conn, name)
    previous = find_previous(conn, model, champion) if model and champion else None
    challenger = dict(model.aliases).get(CHALLENGER) if model else None
    return Standing(champion.version if champion else 0, challenger or 0, previous.version if previous else 0)
