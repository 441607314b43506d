"""`GET /api/v1/model` and `GET /api/v1/schema`: what answers today, how good it is, and what a row must look like."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from ml.results import LOWER_IS_BETTER, Evaluation
from ml.spec import DatasetSpec
from webapp.api.problems import Problem
from webapp.api.rows import DIALECT, make_row_schema
from webapp.api.silence import make_silence
from webapp.champion import Champion, find_served
from webapp.current import current_settings, current_spec
from webapp.languages import CODES
from webapp.models.history import CROWNING, LOOKED_AT, list_decisions
from webapp.models.listing import find_model
from webapp.models.queries import ModelVersion
from webapp.runs.reports import find_report
from webapp.runs.scores import is_shown
from webapp.security import access
from webapp.store.session import reading

blueprint = Blueprint("api_served", __name__)


@blueprint.get("/model")
@access("reader", "read")
def model() -> ResponseReturnValue:
    """The version that answers: by what rule, since when, and how good it is beside the baselines.

    `is_fallback` where the registry names another one whose file cannot be trusted; an admin should look at it.
    """
    conn, spec, words = reading(), current_spec(), _read_language()
    served = find_served(conn)
    champion = served.champion or _refuse()
    version, predictor = champion.version, champion.predictor
    report = find_report(version.artifact_uri, current_settings().artifact_roots)
    return {
        "name": version.name,
        "version": version.version,
        "url": url_for("api_models.version", name=version.name, version=version.version),
        "family": version.family or None,
        "since": _find_since(conn, version),
        "created_at": version.created_at,
        "is_fallback": bool(served.trouble),
        "classes": list(predictor.classes),
        "rule": predictor.decision.rule,
        "set_level": predictor.sets.level if predictor.sets else None,
        "run": {"id": version.run_id, "url": url_for("api_runs.show_run", run_id=version.run_id)}
        if version.run_id
        else None,
        "evaluation": _describe_evaluation(report.evaluation, spec) if report else None,
        "audit": {
            "verdict": version.audit or None,
            "url": url_for("runs.show", run_id=version.run_id, _anchor="audit") if version.run_id else None,
        },
        "card": {
            "url": url_for("models.card", name=version.name, version=version.version),
            "missing": None if version.card_missing is None else list(version.card_missing),
        },
        "notice": spec.notice.in_language(words),
    }


@blueprint.get("/schema")
@access("reader", "read")
def schema() -> ResponseReturnValue:
    """The JSON Schema of a row for the version that answers: every column, its values, its help."""
    spec, words = current_spec(), _read_language()
    champion = find_served(reading()).champion or _refuse()
    return {"$schema": DIALECT, **_name(champion, spec)} | make_row_schema(champion.predictor.columns, spec, words)


def _name(champion: Champion, spec: DatasetSpec) -> dict[str, Any]:
    version = champion.version
    return {
        "title": f"A row for version {version.version} of {version.name}",
        "x-model": version.name,
        "x-model-version": version.version,
        "x-target": spec.target.name,
        "x-classes": list(champion.predictor.classes),
    }


def _find_since(conn: Connection, version: ModelVersion) -> int | None:
    """When somebody made it champion; None where MLflow's client did, which leaves no trace here."""
    found = find_model(conn, version.name)
    decisions = list_decisions(conn, found, LOOKED_AT) if found else ()
    crowned = next((item for item in decisions if item.action in CROWNING), None)
    return crowned.at if crowned and crowned.version == version.version else None


def _describe_evaluation(evaluation: Evaluation, spec: DatasetSpec) -> dict[str, Any]:
    """Every figure with its interval and what hardly looking gets: none stands alone."""
    prior, single = evaluation.baselines["prior"], evaluation.baselines["single_column"]
    return {
        "rows": evaluation.rows,
        "folds": evaluation.folds,
        "repeats": evaluation.repeats,
        "single_column": single.detail,
        "figures": [
            {
                "metric": name,
                "better": "lower" if name in LOWER_IS_BETTER else "higher",
                "value": found.mean,
                "low": found.low,
                "high": found.high,
                "prior": prior.metrics[name].mean,
                "single_column": single.metrics[name].mean,
            }
            for name, found in evaluation.metrics.items()
            if is_shown(name, spec)
        ],
    }


def _read_language() -> str:
    """English unless the address asks for another language: an answer that depends on a header is cached badly."""
    asked = request.args.get("language", "en")
    if asked not in CODES:
        raise Problem(400, f"language={asked[:40]!r}: it is one of {', '.join(CODES)}")
    return asked


def _refuse() -> Champion:
    raise make_silence(404)
