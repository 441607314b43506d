"""`/explore`, and the JSON and CSV behind its figures."""

from __future__ import annotations

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue

from ml.charts import Figure, draw_figure
from webapp.charts.bundle import plotly_url
from webapp.charts.sending import send_figure_csv, send_figure_json
from webapp.charts.views import make_reader
from webapp.current import current_spec
from webapp.explore.pages import ExplorePage, show_findings
from webapp.explore.queries import find_exploration
from webapp.rendering import language, render_page
from webapp.security import access
from webapp.store.session import reading

blueprint = Blueprint("explore", __name__)


@blueprint.get("/explore")
@access("reader")
def index() -> ResponseReturnValue:
    """Say which columns speak about the result, and how much anyone can know."""
    return render_page("explore/index.html", _show_page(request.args.get("column", "")))


@blueprint.get("/explore/figures/<name>.json")
@access("reader")
def figure_json(name: str) -> ResponseReturnValue:
    """Send a figure as Plotly takes it; unchanged data answers 304."""
    return send_figure_json(_find_figure(name))


@blueprint.get("/explore/figures/<name>.csv")
@access("reader")
def figure_csv(name: str) -> ResponseReturnValue:
    """Send a figure's numbers to keep."""
    return send_figure_csv(_find_figure(name), f"{current_spec().name}-{name}.csv")


def _show_page(column: str) -> ExplorePage:
    spec = current_spec()
    stored = find_exploration(reading(), spec.name)
    if stored is None:
        return ExplorePage("empty", None)
    numbers = stored.numbers_for(spec.sha256)
    if numbers is None:
        return ExplorePage("stale", None)
    return ExplorePage("ready", show_findings(numbers, make_reader(spec, language()), column, _addresses))


def _find_figure(name: str) -> Figure:
    spec = current_spec()
    stored = find_exploration(reading(), spec.name)
    numbers = stored.numbers_for(spec.sha256) if stored else None
    figure = draw_figure(name, numbers, make_reader(spec, language())) if numbers else None
    return figure or abort(404)


def _addresses(name: str) -> dict[str, str]:
    return {
        "json_url": url_for("explore.figure_json", name=name),
        "csv_url": url_for("explore.figure_csv", name=name),
        "plotly_url": plotly_url(),
    }
