"""`/runs/compare?run=…&run=…`: any runs of the history side by side, their charts and tables to keep."""

from __future__ import annotations

from flask import Response, abort
from flask.typing import ResponseReturnValue

from ml.charts import Figure
from webapp.charts.sending import send_csv, send_figure_csv, send_figure_json
from webapp.charts.views import make_reader
from webapp.compare.routes import blueprint
from webapp.compare.runs.asked import FEWEST, Asked, Links, read_asked, shorten
from webapp.compare.runs.differences import write_csv
from webapp.compare.runs.figures import draw_chart
from webapp.compare.runs.groups import write_groups_csv
from webapp.compare.runs.names import name_apart
from webapp.compare.runs.page import offer_runs, show_compared
from webapp.compare.runs.queries import Chosen, find_chosen
from webapp.compare.runs.sheet import make_sheet
from webapp.current import current_settings, current_spec
from webapp.rendering import language, render_page
from webapp.runs.lines import make_line
from webapp.runs.queries import Filters, Order, find_runs
from webapp.security import access
from webapp.store.projection import reading_current_runs

__all__ = ["blueprint", "runs"]


@blueprint.get("/runs/compare")
@access("reader")
def runs() -> ResponseReturnValue:
    """Runs beside the first of them, or a list to tick where there are not two."""
    conn, asked = reading_current_runs(), read_asked()
    found = find_chosen(conn, asked.refs)
    if len(found.runs) < FEWEST:
        offered = [make_line(row) for row in find_runs(conn, Filters(), Order()).rows]
        return render_page(
            "compare/runs/page.html", offer_runs(found, offered)
        ), 404 if asked.refs and not found.runs else 200
    links = Links(shorten([run.row.run_id for run in found.runs], found.clear))
    reader = make_reader(current_spec(), language())
    page = show_compared(found, asked, links, reader, current_settings().artifact_roots)
    return render_page("compare/runs/page.html", page)


@blueprint.get("/runs/compare/table.csv")
@access("reader")
def table_csv() -> Response:
    """What was different, to keep."""
    asked, found = _find()
    return send_csv(write_csv(make_sheet(found.runs), name_apart(found.runs), asked), "runs.csv")


@blueprint.get("/runs/compare/groups.csv")
@access("reader")
def groups_csv() -> Response:
    """The groups' means and spreads, to keep."""
    asked, found = _find()
    reader = make_reader(current_spec(), language())
    return send_csv(write_groups_csv(make_sheet(found.runs), asked, reader), "groups.csv")


@blueprint.get("/runs/compare/figures/<name>.json")
@access("reader")
def runs_figure_json(name: str) -> Response:
    """A chart of the runs as Plotly takes it."""
    return send_figure_json(_find_figure(name))


@blueprint.get("/runs/compare/figures/<name>.csv")
@access("reader")
def runs_figure_csv(name: str) -> Response:
    """A chart's numbers to keep."""
    return send_figure_csv(_find_figure(name), f"runs-{name}.csv")


def _find() -> tuple[Asked, Chosen]:
    asked = read_asked()
    found = find_chosen(reading_current_runs(), asked.refs)
    if len(found.runs) < FEWEST:
        abort(404)
    return asked, found


def _find_figure(name: str) -> Figure:
    asked, found = _find()
    reader = make_reader(current_spec(), language())
    return draw_chart(name, make_sheet(found.runs), name_apart(found.runs), asked, reader) or abort(404)
