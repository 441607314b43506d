"""`GET /api/v1/models`, one model, and one version: the registry as JSON."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from webapp.api.problems import Problem
from webapp.current import current_spec
from webapp.models.history import Decision, list_decisions
from webapp.models.listing import A_PAGE, RegisteredModel, count_models, find_model, list_models
from webapp.models.queries import ModelVersion, find_version, list_versions, was_deleted
from webapp.models.stages import read_version
from webapp.security import access
from webapp.store.session import reading

blueprint = Blueprint("api_models", __name__)
LARGEST_PAGE = 200
GONE = 410


@blueprint.get("/models")
@access("reader", "read")
def index() -> ResponseReturnValue:
    """A page of models by name, ours first: `after` is the name with which the page before ended."""
    conn, after = reading(), _read_after()
    found = list_models(conn, current_spec().name, after, A_PAGE + 1)
    more = sum(model.name != current_spec().name for model in found) > A_PAGE
    shown = found[:-1] if more else found
    return {
        "models": [_document_model(model) for model in shown],
        "total": count_models(conn),
        "next": shown[-1].name if more else None,
    }


@blueprint.get("/models/<model:name>")
@access("reader", "read")
def show(name: str) -> ResponseReturnValue:
    """One model: what was decided about it, and a page of its versions, newest first, from `below` a number on."""
    conn = reading()
    model = find_model(conn, name) or abort(404, f"there is no model {name!r}")
    below, limit = _read_number("below", None), _read_number("limit", 50) or 50
    if limit > LARGEST_PAGE:
        raise Problem(400, f"limit={limit}: a page has 1 to {LARGEST_PAGE} versions")
    versions = list_versions(conn, name, below=below, limit=limit + 1)
    return _document_model(model) | {
        "versions": [_document_version(version) for version in versions[:limit]],
        "next": versions[limit - 1].version if len(versions) > limit else None,
        "decisions": [_document_decision(item) for item in list_decisions(conn, model)],
    }


@blueprint.get("/models/<model:name>/versions/<int:version>")
@access("reader", "read")
def version(name: str, version: int) -> ResponseReturnValue:
    """One version, with what was decided about it."""
    conn = reading()
    found = find_version(conn, name, version)
    if found is None and was_deleted(conn, name, version):
        raise Problem(GONE, f"version {version} of {name!r} was deleted for good")
    if found is None:
        abort(404, f"there is no version {version} of a model {name!r}")
    return _document_version(found) | {"decisions": _list_of_version(conn, found)}


def _list_of_version(conn: Connection, found: ModelVersion) -> list[dict[str, Any]]:
    model = find_model(conn, found.name)
    decisions = list_decisions(conn, model, LARGEST_PAGE) if model else ()
    return [_document_decision(item) for item in decisions if item.version == found.version]


def _document_model(model: RegisteredModel) -> dict[str, Any]:
    return {
        "name": model.name,
        "url": url_for("api_models.show", name=model.name),
        "answers_here": model.name == current_spec().name,
        "description": model.description,
        "created_at": model.created_at or None,
        "updated_at": model.updated_at,
        "versions_count": model.versions,
        "newest": model.newest,
        "champion": model.champion,
        "aliases": dict(model.aliases),
        "tags": model.tags,
    }


def _document_version(found: ModelVersion) -> dict[str, Any]:
    retired = found.retired
    return {
        "name": found.name,
        "version": found.version,
        "url": url_for("api_models.version", name=found.name, version=found.version),
        "stage": found.stage.value,
        "aliases": list(found.aliases),
        "retired": {"at": retired.at, "by": retired.by, "why": retired.why} if retired else None,
        "family": found.family or None,
        "audit": found.audit or None,
        "card_missing": None if found.card_missing is None else list(found.card_missing),
        "can_be_served": bool(found.file_sha256),
        "run": {"id": found.run_id, "state": found.source.state, "experiment": found.source.experiment or None},
        "created_at": found.created_at,
        "updated_at": found.updated_at,
        "user": found.user_name or None,
        "description": found.description,
        "status": found.status,
        "mlflow_stage": found.mlflow_stage or None,
        "source": found.place,
        "tags": dict(found.tags),
    }


def _document_decision(item: Decision) -> dict[str, Any]:
    return {
        "at": item.at,
        "user": item.user_name,
        "action": item.action,
        "version": item.version,
        "alias": item.alias or None,
        "reason": item.reason,
    }


def _read_after() -> str | None:
    after = request.args.get("after")
    if after and "\0" in after:
        raise Problem(400, "after: no model has such a name")
    return after


def _read_number(name: str, otherwise: int | None) -> int | None:
    asked = request.args.get(name)
    if asked is None:
        return otherwise
    number = read_version(asked)
    if number is None:
        raise Problem(400, f"{name}={asked[:40]!r}: that is no whole number from 1 on")
    return number
