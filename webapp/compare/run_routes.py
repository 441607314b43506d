"""`/runs/compare?run=…&run=…`: any runs of the history side by side."""

from __future__ import annotations

from flask import abort, request
from flask.typing import ResponseReturnValue

from webapp.compare.pairs import Contender
from webapp.compare.routes import blueprint
from webapp.compare.run_views import offer_runs, show_compared
from webapp.current import current_settings, current_spec
from webapp.rendering import language, render_page
from webapp.runs.queries import Filters, Order, find_run, find_runs
from webapp.runs.reports import find_report
from webapp.runs.views import make_line
from webapp.security import access
from webapp.store.projection import reading_current_runs

__all__ = ["blueprint", "runs"]

MOST = 8
"""Runs on one page."""
FEWEST = 2


@blueprint.get("/runs/compare")
@access("reader")
def runs() -> ResponseReturnValue:
    """Runs against the first of them, or a list to tick where there are not two."""
    conn, roots = reading_current_runs(), current_settings().artifact_roots
    contenders = []
    for run_id in list(dict.fromkeys(request.args.getlist("run")))[:MOST]:
        found = find_run(conn, run_id) or abort(404)
        contenders.append(Contender(found, find_report(found.artifact_uri, roots)))
    if len(contenders) < FEWEST:
        offered = [make_line(row) for row in find_runs(conn, Filters(), Order()).rows]
        page = offer_runs(contenders, offered)
    else:
        page = show_compared(contenders, request.args.get("metric", ""), current_spec(), language())
    return render_page("compare/runs.html", page)
