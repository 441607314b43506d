"""`/runs/<run_id>` and what is behind a run's page: its files, its figures, and making it again."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ml.charts import Figure
from ml.charts.examined import draw_examined
from webapp.accounts import current_user
from webapp.artifacts import find_artifact, find_artifact_folder
from webapp.charts.sending import send_figure_csv, send_figure_json
from webapp.charts.views import make_reader
from webapp.clock import now_ms
from webapp.current import current_queue, current_settings, current_spec
from webapp.offline import render_offline, send_offline
from webapp.record.pages import NoteDraft
from webapp.record.views import show_record
from webapp.rendering import language, render_page
from webapp.runs.actions import make_again
from webapp.runs.context import Asked
from webapp.runs.edit.routes import add_routes as add_edit_routes
from webapp.runs.edit.routes import answer_absent
from webapp.runs.export.routes import add_routes as add_export_routes
from webapp.runs.histories.page import add_histories
from webapp.runs.pages import RunDetailPage
from webapp.runs.queries import RunDetail, find_run
from webapp.runs.reports import find_report
from webapp.runs.table.routes import add_routes
from webapp.runs.views import show_run
from webapp.security import access
from webapp.store.projection import reading_current_runs
from webapp.store.session import current_store, reading

blueprint = Blueprint("runs", __name__)


add_routes(blueprint)
add_edit_routes(blueprint)
add_export_routes(blueprint)


@blueprint.get("/runs/<run_id>")
@access("reader")
def show(run_id: str) -> ResponseReturnValue:
    """One run."""
    found = find_run(reading_current_runs(), run_id)
    if found is None:
        return answer_absent(run_id)
    return render_run(found)


def render_run(found: RunDetail, draft: NoteDraft | None = None) -> str:
    """Render a run's page; `draft` is a note that was refused."""
    asked = Asked(request.args.get("column", ""), request.args.get("metric", ""))
    return render_page("runs/run.html", add_histories(_make_page(found, asked, draft)))


def _make_page(found: RunDetail, asked: Asked, draft: NoteDraft | None = None) -> RunDetailPage:
    settings, spec = current_settings(), current_spec()
    record = show_record(reading(), found, settings, spec, draft)
    return show_run(found, record, settings.artifact_roots, spec, language(), asked)


@blueprint.get("/runs/<run_id>/report.html")
@access("reader")
def export(run_id: str) -> ResponseReturnValue:
    """One run as a file to keep, which opens without a network."""
    found = find_run(reading_current_runs(), run_id)
    if found is None:
        abort(404)
    page = _make_page(found, Asked(is_whole=True))
    if page.report is None:
        abort(404)
    return send_offline(render_offline("runs/offline.html", page), f"run-{run_id[:8]}.html")


@blueprint.post("/runs/<run_id>/reproduce")
@access("admin")
def reproduce(run_id: str) -> ResponseReturnValue:
    """Queue the run to be made again."""
    found, user = find_run(reading_current_runs(), run_id), current_user()
    if found is None or user is None:
        abort(404)
    if find_report(found.artifact_uri, current_settings().artifact_roots) is None or found.row.status != "FINISHED":
        flash(_("This run cannot be made again: it has no report of ours that says what was asked for."), "error")
        return redirect(url_for("runs.show", run_id=run_id), 303)
    job = make_again(current_store(), current_queue(), found.row, user.name, now_ms())
    flash(_("Job %(number)s is in the queue.", number=job.number), "done")
    return redirect(url_for("admin.index", _anchor=f"job-{job.number}"), 303)


@blueprint.get("/runs/<run_id>/figures/<name>.json")
@access("reader")
def figure_json(run_id: str, name: str) -> ResponseReturnValue:
    """A figure of the run as Plotly takes it."""
    return send_figure_json(_find_figure(run_id, name))


@blueprint.get("/runs/<run_id>/figures/<name>.csv")
@access("reader")
def figure_csv(run_id: str, name: str) -> ResponseReturnValue:
    """A figure's numbers to keep."""
    return send_figure_csv(_find_figure(run_id, name), f"{run_id[:8]}-{name}.csv")


def _find_figure(run_id: str, name: str) -> Figure:
    found = find_run(reading_current_runs(), run_id)
    report = find_report(found.artifact_uri, current_settings().artifact_roots) if found else None
    if report is None:
        abort(404)
    reader = make_reader(current_spec(), language())
    return draw_examined(name, report.evaluation, report.examination, reader) or abort(404)


@blueprint.get("/runs/<run_id>/artifacts/<path:name>")
@access("reader", "read")
def artifact(run_id: str, name: str) -> ResponseReturnValue:
    """A file that the run left, always as a download: what others logged is never run in this site's name."""
    found = find_run(reading_current_runs(), run_id)
    folder = find_artifact_folder(found.artifact_uri, current_settings().artifact_roots) if found else None
    path = find_artifact(folder, name) if folder else None
    if path is None:
        abort(404)
    return send_file(path, as_attachment=True, download_name=path.name, mimetype="application/octet-stream")
