"""What is behind the curves of several runs: the figure, and every value to keep."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from ml.charts.history import name_figure
from webapp.charts.sending import send_figure_json
from webapp.charts.views import make_reader
from webapp.compare.curves.asked import read_overlay
from webapp.compare.curves.queries import NamedRun
from webapp.compare.curves.views import draw
from webapp.compare.runs.asked import read_asked
from webapp.compare.runs.queries import find_rows
from webapp.current import current_spec
from webapp.rendering import language
from webapp.runs.histories.queries import has_values, stream_values
from webapp.runs.histories.values import Line, send_values
from webapp.security import access
from webapp.store.projection import reading_current_runs
from webapp.store.session import reading

blueprint = Blueprint("compare_curves", __name__)


@blueprint.get("/runs/compare/curves.json")
@access("reader")
def figure_json() -> ResponseReturnValue:
    """Send the metric `key` of every `run` as Plotly takes it; `x`, `y`, `smooth` and `by` say how it is drawn."""
    runs = _read_runs()
    overlay = draw(reading(), runs, read_overlay(request.args), make_reader(current_spec(), language()))
    return send_figure_json(overlay.figure) if overlay else abort(404)


@blueprint.get("/runs/compare/curves.csv")
@access("reader")
def values_csv() -> ResponseReturnValue:
    """Send every value of the metric `key` of every `run`, run by run and by step."""
    runs, key = _read_runs(), request.args.get("key", "")
    if not has_values(reading(), [run.run_id for run in runs], key):
        abort(404)

    def read(conn: Connection) -> Iterator[Line]:
        return ((_name(run, key), point) for run in runs for point in stream_values(conn, run.run_id, key))

    return send_values(("run", "name", "metric"), read, f"curves-{name_figure(key)}.csv")


def _name(run: NamedRun, key: str) -> tuple[str, ...]:
    return run.run_id, run.name or "", key


def _read_runs() -> tuple[NamedRun, ...]:
    return find_rows(reading_current_runs(), read_asked().refs)
