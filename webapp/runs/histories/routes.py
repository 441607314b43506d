"""What is behind a run's curves: each as a figure, every value to keep, and the run as it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from ml.charts.history import draw_history, name_figure
from ml.charts.reader import Reader
from webapp.charts.sending import send_figure_json
from webapp.charts.views import make_reader
from webapp.clock import now_ms
from webapp.current import current_spec
from webapp.rendering import language, render_fragment
from webapp.runs.histories.asked import read_asked
from webapp.runs.histories.live import LiveView, find_going, show_live, stamp
from webapp.runs.histories.queries import find_curve, find_state, has_values, stream_values
from webapp.runs.histories.values import send_values
from webapp.runs.histories.views import HistoriesView, show_histories
from webapp.security import access
from webapp.store.session import reading

blueprint = Blueprint("histories", __name__)


@dataclass(frozen=True)
class LiveParts:
    """The parts of a run's page that change while it goes on."""

    live: LiveView | None
    histories: HistoriesView | None


@blueprint.get("/runs/<run_id>/histories.json")
@access("reader", "read")
def figure_json(run_id: str) -> ResponseReturnValue:
    """Send the curve of the metric `key` as Plotly takes it; `x`, `y` and `smooth` say how it is drawn."""
    conn, asked = reading(), read_asked(request.args)
    curve = find_curve(conn, run_id, _read_key(), asked.across, asked.weight) if find_state(conn, run_id) else None
    return send_figure_json(draw_history(curve, asked.axes, read_reader())) if curve else abort(404)


@blueprint.get("/runs/<run_id>/histories.csv")
@access("reader", "read")
def values_csv(run_id: str) -> ResponseReturnValue:
    """Send every value of the metric `key`, by step."""
    key = _read_key()
    if find_state(reading(), run_id) is None or not has_values(reading(), [run_id], key):
        abort(404)
    name = f"{run_id[:8]}-{name_figure(key)}.csv"
    return send_values(("metric",), lambda conn: (((key,), point) for point in stream_values(conn, run_id, key)), name)


@blueprint.get("/runs/<run_id>/live")
@access("reader")
def live(run_id: str) -> ResponseReturnValue:
    """The parts of a run's page that change, or 304 while nothing has; 205 says that it ended: load the page anew."""
    going, asked, reader, now = (
        find_going(reading(), run_id) or abort(404),
        read_asked(request.args),
        read_reader(),
        now_ms(),
    )
    if not going.is_going_on:
        return Response(status=HTTPStatus.RESET_CONTENT)
    response = Response(content_type="text/html; charset=utf-8")
    response.set_etag(stamp(going, now, repr(asked), reader.language))
    response.make_conditional(request)
    if response.status_code == HTTPStatus.OK:
        parts = LiveParts(
            show_live(run_id, going, asked, now, reader), show_histories(reading(), run_id, asked, reader)
        )
        response.set_data(render_fragment("runs/going.html", parts))
    return response


def read_reader() -> Reader:
    """Whom this request's charts speak to."""
    return make_reader(current_spec(), language())


def _read_key() -> str:
    key = request.args.get("key")  # which others' stores may hold with no letter in it
    return abort(400, "key is missing: it names the metric") if key is None else key
