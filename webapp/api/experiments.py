"""`GET /api/v1/experiments` and `GET /api/v1/experiments/<id>`: what the pages about experiments say, as JSON."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from ml.charts.experiments.calendar import Activity, Unit
from ml.charts.experiments.pareto import Front
from ml.charts.experiments.values import Axis, Company, Counts, Who
from webapp.clock import now_ms
from webapp.experiments.asked import BETTER, Asked, read_asked
from webapp.experiments.findings import Findings, find_findings, find_sizes
from webapp.experiments.metrics import read_metric
from webapp.experiments.queries import (
    Experiment,
    Sizes,
    count_going,
    find_experiment,
    find_most_accurate,
    find_tags,
    list_experiments,
)
from webapp.runs.queries import RunRow
from webapp.runs.table.views import PATIENCE
from webapp.security import access
from webapp.store.projection import reading_current_runs

blueprint = Blueprint("api_experiments", __name__)


@blueprint.get("/experiments")
@access("reader", "read")
def list_all() -> ResponseReturnValue:
    """Every experiment, archived ones among them, with its size, its activity and its most accurate run."""
    conn = reading_current_runs()
    found, sizes = list_experiments(conn), find_sizes(conn)
    best = find_most_accurate(
        conn, {number: size.accuracy for number, size in sizes.active.items() if size.accuracy is not None}
    )
    going = count_going(conn, now_ms() - PATIENCE)
    return {"experiments": [_summary(one, sizes, going, best) for one in found], "total": len(found)}


@blueprint.get("/experiments/<experiment_id>")
@access("reader", "read")
def show(experiment_id: str) -> ResponseReturnValue:
    """One experiment: its best so far, the front of two metrics, its activity.

    Takes what the page's address takes: `metric`, `better` (`higher` or `lower`), `x`, `x_better`, `y`, `y_better`,
    `unit` (`day`, `week` or `month`) and `until` (a date).
    """
    conn = reading_current_runs()
    experiment = find_experiment(conn, experiment_id)
    if experiment is None:
        abort(404, f"there is no experiment {experiment_id[:40]!r}")
    found = find_findings(conn, experiment, _read_asked())
    span = found.span
    return {
        "id": str(experiment.id),
        "name": experiment.name,
        "is_archived": experiment.is_archived,
        "tags": find_tags(conn, experiment.id),
        "runs": span.runs,
        "archived_runs": found.archived,
        "states": dict(span.states),
        "first_start": span.first_start,
        "last_start": span.last_start,
        "metrics": list(found.metrics.main) + list(found.metrics.company),
        "best": _write_best(found),
        "front": _write_front(found.front) if found.front else None,
        "activity": _write_activity(found.activity) if found.activity else None,
    }


def _summary(one: Experiment, sizes: Sizes, going: dict[int, int], best: dict[int, RunRow]) -> dict[str, Any]:
    size, row = sizes.active.get(one.id), best.get(one.id)
    return {
        "id": str(one.id),
        "name": one.name,
        "is_archived": one.is_archived,
        "runs": size.runs if size else 0,
        "archived_runs": sizes.archived.get(one.id, 0),
        "running": going.get(one.id, 0),
        "last_start": size.last_start if size else None,
        "best": row and {
            "run_id": row.run_id,
            "metric": "accuracy",
            "value": row.accuracy,
            "low": row.accuracy_low,
            "high": row.accuracy_high,
            "prior": row.prior_accuracy,
            "single_column": row.single_column_accuracy,
        },
    }  # fmt: skip


def _write_best(found: Findings) -> dict[str, Any] | None:
    best = found.best
    if best is None:
        return None
    return _write_axis(best.axis) | _write_counts(best.counts) | {
        "best_so_far": [
            _write_run(best.who[point.run])
            | {"started_at": point.started_at, "value": point.value}
            | _write_company(best.who[point.run].beside(best.axis.metric))
            for point in best.records
        ],
    }  # fmt: skip


def _write_front(front: Front) -> dict[str, Any]:
    return _write_counts(front.counts) | {
        "x": _write_axis(front.x),
        "y": _write_axis(front.y),
        "front": [
            _write_run(front.who[pair.run])
            | {
                "x": {"value": pair.x} | _write_company(front.who[pair.run].beside(front.x.metric)),
                "y": {"value": pair.y} | _write_company(front.who[pair.run].beside(front.y.metric)),
            }
            for pair in front.members
        ],
    }


def _write_activity(activity: Activity) -> dict[str, Any]:
    return {
        "unit": str(activity.unit),
        "runs_outside": activity.outside,
        "bars": [
            {"first": bar.first.isoformat(), "last": bar.last.isoformat(), "runs": bar.total, "states": dict(bar.runs)}
            for bar in activity.bars
        ],
    }


def _write_axis(axis: Axis) -> dict[str, Any]:
    return {"metric": axis.metric, "better": "lower" if axis.is_lower_better else "higher"}


def _write_counts(counts: Counts) -> dict[str, Any]:
    return {
        "runs": counts.shown,
        "runs_not_logged": counts.not_logged,
        "runs_not_finite": counts.not_finite,
        "runs_undated": counts.undated,
    }


def _write_run(who: Who) -> dict[str, Any]:
    return {"run_id": who.run_id, "name": who.name}


def _write_company(company: Company) -> dict[str, Any]:
    return {"low": company.low, "high": company.high, "prior": company.prior, "single_column": company.single}


def _read_asked() -> Asked:
    """Unlike a page, whose address may be an old link, the API says what it does not understand."""
    for name, allowed in (("better", BETTER), ("x_better", BETTER), ("y_better", BETTER), ("unit", tuple(Unit))):
        if request.args.get(name, "") not in {"", *allowed}:
            abort(400, f"{name}={request.args[name][:40]!r}: it is one of {', '.join(allowed)}")
    for name in ("metric", "x", "y"):
        if request.args.get(name, "") != read_metric(request.args.get(name, "")):
            abort(400, f"{name}: no metric has a name so long, or with a NUL in it")
    if request.args.get("until"):
        try:
            date.fromisoformat(request.args["until"])
        except ValueError:
            abort(400, f"until={request.args['until'][:40]!r}: it is a date such as 2026-03-31")
    return read_asked(request.args)
