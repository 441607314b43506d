"""`/experiments` and `/experiments/<id>`, and the JSON and CSV behind its charts."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from ml.charts import Figure
from webapp.charts.sending import send_figure_csv, send_figure_json
from webapp.charts.views import make_reader
from webapp.clock import now_ms
from webapp.current import current_spec
from webapp.experiments.asked import read_asked
from webapp.experiments.findings import find_findings, find_sizes, name_runs
from webapp.experiments.pages import UnknownPage
from webapp.experiments.queries import count_going, find_experiment, find_most_accurate, find_tags, list_experiments
from webapp.experiments.views import choose_page, draw, show_experiment, show_list, sort_experiments
from webapp.rendering import language, render_page
from webapp.runs.table.views import PATIENCE
from webapp.security import access
from webapp.store.projection import reading_current_runs

blueprint = Blueprint("experiments", __name__)
_MOST_DIGITS = 6


@blueprint.get("/experiments")
@access("reader")
def index() -> ResponseReturnValue:
    """Every experiment."""
    conn, page = reading_current_runs(), _read_page(request.args.get("page", ""))
    found, sizes = list_experiments(conn), find_sizes(conn)
    shown = choose_page(sort_experiments(found, sizes), page)
    measured = {one.id: sizes.active[one.id].accuracy for one in shown if one.id in sizes.active}
    best = find_most_accurate(conn, {number: top for number, top in measured.items() if top is not None})
    going = count_going(conn, now_ms() - PATIENCE)
    return render_page("experiments/index.html", show_list(found, sizes, going, best, page))


@blueprint.get("/experiments/<experiment_id>")
@access("reader")
def show(experiment_id: str) -> ResponseReturnValue:
    """One experiment's front page."""
    conn = reading_current_runs()
    experiment = find_experiment(conn, experiment_id)
    if experiment is None:
        return render_page("experiments/unknown.html", UnknownPage(experiment_id[:40])), HTTPStatus.NOT_FOUND
    asked = read_asked(request.args)
    found, reader = find_findings(conn, experiment, asked), make_reader(current_spec(), language())
    page = show_experiment(found, find_tags(conn, experiment.id), asked, reader)
    return render_page("experiments/experiment.html", page)


@blueprint.get("/experiments/<experiment_id>/figures/<name>.json")
@access("reader")
def figure_json(experiment_id: str, name: str) -> ResponseReturnValue:
    """A chart as Plotly takes it."""
    return send_figure_json(_find_figure(experiment_id, name))


@blueprint.get("/experiments/<experiment_id>/figures/<name>.csv")
@access("reader")
def figure_csv(experiment_id: str, name: str) -> ResponseReturnValue:
    """What is drawn, to keep."""
    return send_figure_csv(_find_figure(experiment_id, name), f"experiment-{experiment_id}-{name}.csv")


def _find_figure(experiment_id: str, name: str) -> Figure:
    conn = reading_current_runs()
    experiment = find_experiment(conn, experiment_id) or abort(404)
    found = name_runs(conn, find_findings(conn, experiment, read_asked(request.args)), name)
    return draw(name, found, make_reader(current_spec(), language())) or abort(404)


def _read_page(text: str) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) < _MOST_DIGITS
    return max(1, int(text)) if is_number else 1
