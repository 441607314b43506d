"""`/compare`, one comparison, its figures, and the file to keep."""

from __future__ import annotations

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from ml.charts import Figure
from ml.charts.comparison import draw_compared
from ml.charts.reader import Reader
from ml.examination.comparison import Comparison
from webapp.admin.routes import is_admin
from webapp.charts.sending import send_figure_csv, send_figure_json
from webapp.charts.views import make_reader
from webapp.clock import now_ms
from webapp.compare.pages import ComparePage
from webapp.compare.queries import Asked, find_comparison, list_comparisons, read_comparison
from webapp.compare.views import list_line, name_all, show_findings, show_whole
from webapp.current import current_settings, current_spec
from webapp.jobs.cards import make_card
from webapp.offline import render_offline, send_offline
from webapp.rendering import language, render_page
from webapp.security import access
from webapp.store.session import reading

blueprint = Blueprint("compare", __name__)

LISTED = 20


@blueprint.get("/compare")
@access("reader")
def index() -> ResponseReturnValue:
    """The latest comparison that is done, or that is on its way where there is none; and all the others."""
    jobs = list_comparisons(reading(), LISTED)
    known = (Asked(job, read_comparison(job, current_settings().data_dir)) for job in jobs)
    latest = next((asked for asked in known if asked.found), None)
    if latest is None and jobs:
        latest = Asked(jobs[0], None)
    return _render(latest)


@blueprint.get("/compare/<job_id>")
@access("reader")
def show(job_id: str) -> ResponseReturnValue:
    """One comparison, or how far it is."""
    return _render(find_comparison(reading(), job_id, current_settings().data_dir) or abort(404))


@blueprint.get("/compare/<job_id>/report.html")
@access("reader")
def export(job_id: str) -> ResponseReturnValue:
    """One comparison as a file to keep, which opens without a network."""
    asked = find_comparison(reading(), job_id, current_settings().data_dir)
    if asked is None or asked.found is None:
        abort(404)
    findings = show_whole(asked.found, job_id, _reader())
    page = ComparePage(job_id, asked.job.number, None, findings, ())
    return send_offline(render_offline("compare/offline.html", page), f"comparison-{asked.job.number}.html")


@blueprint.get("/compare/<job_id>/figures/<name>.json")
@access("reader")
def figure_json(job_id: str, name: str) -> ResponseReturnValue:
    """A figure of the comparison as Plotly takes it."""
    return send_figure_json(_find_figure(job_id, name))


@blueprint.get("/compare/<job_id>/figures/<name>.csv")
@access("reader")
def figure_csv(job_id: str, name: str) -> ResponseReturnValue:
    """A figure's numbers to keep."""
    return send_figure_csv(_find_figure(job_id, name), f"{job_id[:8]}-{name}.csv")


def _render(asked: Asked | None) -> str:
    others = tuple(list_line(job) for job in list_comparisons(reading(), LISTED))
    if asked is None:
        return render_page("compare/index.html", ComparePage("", 0, None, None, others))
    job, found = asked.job, asked.found
    page = ComparePage(
        job_id=job.id,
        number=job.number,
        card=None if found else make_card(reading(), job, now_ms(), is_admin=is_admin()),
        findings=show_findings(found, job.id, request.args.get("metric", ""), _reader()) if found else None,
        others=tuple(line for line in others if line.id != job.id),
    )
    return render_page("compare/index.html", page)


def _find_figure(job_id: str, name: str) -> Figure:
    asked = find_comparison(reading(), job_id, current_settings().data_dir)
    found: Comparison | None = asked.found if asked else None
    if found is None:
        abort(404)
    return draw_compared(name, found, _reader(), name_all(found)) or abort(404)


def _reader() -> Reader:
    return make_reader(current_spec(), language())
