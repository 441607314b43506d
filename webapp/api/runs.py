"""`GET /api/v1/runs` and `GET /api/v1/runs/<id>`: the run history as JSON."""

from __future__ import annotations

from math import inf, isfinite
from typing import Any

from flask import Blueprint, Response, abort, request
from flask.json import dumps
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from ml.results import to_json
from webapp.api.problems import Problem
from webapp.artifacts import find_artifact_folder, list_artifacts
from webapp.audit.documents import document_audit
from webapp.clock import now_ms
from webapp.current import current_settings
from webapp.runs.language.errors import FilterError
from webapp.runs.language.words import describe_error, draw_caret
from webapp.runs.queries import Filters, Order, RunRow, find_metrics, find_run, find_runs
from webapp.runs.reports import find_report
from webapp.runs.table.state import read_filters
from webapp.security import access
from webapp.store.answers import find_answer
from webapp.store.columns import read_column
from webapp.store.projection import reading_current_runs

blueprint = Blueprint("api_runs", __name__)
LARGEST_PAGE = 200
_WORDS = {inf: "Infinity", -inf: "-Infinity"}


@blueprint.get("/runs")
@access("reader", "read")
def list_runs() -> ResponseReturnValue:
    """A page of runs: `filter`, `sort` (`-accuracy` for the greatest first), `limit`, `after`, the page's fields."""
    conn, filters = reading_current_runs(), read_filters(request.args, now_ms())
    if filters.where.error:
        raise _refuse(filters.where.error, filters.where.text)
    order, limit = _read_order(), _read_limit()
    question = ("api", filters.question, order, limit) if filters.question else None
    document = find_answer(conn, question, lambda: _document_page(conn, filters, order, limit))
    return Response(document, mimetype="application/json")


@blueprint.get("/runs/<run_id>")
@access("reader", "read")
def show_run(run_id: str) -> ResponseReturnValue:
    """One run with its params, tags, metrics, artifacts and, where Proctor made them, its evaluation and its audit."""
    found = find_run(reading_current_runs(), run_id)
    if found is None:
        abort(404, f"there is no run {run_id!r}")
    roots = current_settings().artifact_roots
    report, folder = find_report(found.artifact_uri, roots), find_artifact_folder(found.artifact_uri, roots)
    audit = report.examination.audit if report else None
    return _summary(found.row) | {
        "metrics": _document_metrics(found.metrics),
        "params": dict(found.params),
        "tags": dict(found.tags),
        "versions": [{"name": name, "version": version} for name, version in found.versions],
        "artifacts": [{"path": path, "bytes": size} for path, size in (list_artifacts(folder) if folder else ())],
        "evaluation": to_json(report.evaluation) if report else None,
        "audit": document_audit(audit) if audit else None,
    }


def _document_page(conn: Connection, filters: Filters, order: Order, limit: int) -> str:
    found = find_runs(conn, filters, order, limit)
    metrics = find_metrics(conn, [row.run_id for row in found.rows])
    document = {
        "runs": [_summary(row) | {"metrics": _document_metrics(metrics[row.run_id])} for row in found.rows],
        "total": found.matching,
        "next": found.next,
    }
    return dumps(document, separators=(",", ":"))


def _document_metrics(metrics: tuple[tuple[str, float], ...]) -> dict[str, float | str]:
    """JSON has no number for NaN and infinities: they are words, the same as in MLflow's own API."""
    return {key: value if isfinite(value) else _WORDS.get(value, "NaN") for key, value in metrics}


def _summary(row: RunRow) -> dict[str, Any]:
    return {
        "id": row.run_id,
        "name": row.name,
        "status": row.status,
        "family": row.family,
        "dataset": row.dataset_name,
        "dataset_sha256": row.dataset_sha256,
        "is_stand_in": row.is_stand_in,
        "user": row.user_name,
        "started_at": row.started_at,
        "finished_at": row.finished_at,
        "duration": row.duration,
    }


def _refuse(error: FilterError, text: str) -> Problem:
    wrong = describe_error(error, text)
    return Problem(
        422,
        wrong.sentence,
        parameter="filter",
        at=error.at,
        found=error.found,
        place=draw_caret(wrong),
        **({"suggestion": wrong.mended} if wrong.mended else {}),
    )


def _read_order() -> Order:
    asked = request.args.get("sort", "-started_at")
    by = asked.removeprefix("-")
    try:
        return Order(str(read_column(by)), asked.startswith("-"), request.args.get("after"))
    except ValueError as error:
        abort(400, f"sort={asked[:250]!r}: {error}; put a - before it for descending")


def _read_limit() -> int:
    asked = request.args.get("limit", "25")
    if not (asked.isascii() and asked.isdigit() and 1 <= int(asked[:9]) <= LARGEST_PAGE):
        abort(400, f"limit={asked[:40]!r}: a page has 1 to {LARGEST_PAGE} runs")
    return int(asked)
