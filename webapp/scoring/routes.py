"""`POST /invocations`, `GET /ping` and `GET /version`, as `mlflow models serve` has them."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version as find_installed

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import UnsupportedMediaType

from ml.serve.contract import Row
from webapp.api.answers import REPEATED_HEADER, answer, read_key
from webapp.api.limits import count_request
from webapp.api.predictions import LARGEST_BODY
from webapp.api.problems import Problem, read_body, read_json_object
from webapp.api.silence import make_silence
from webapp.champion import Champion, current_champion
from webapp.current import current_spec
from webapp.health.queries import find_registered_champion
from webapp.predictions.values import Channel
from webapp.programs import SCORING
from webapp.scoring.frames import read_csv, read_rows
from webapp.security import access
from webapp.store.session import reading

blueprint = Blueprint("scoring", __name__)
CSV = "text/csv"
REQUEST_HEADER, VERSION_HEADER = "Proctor-Request-Id", "Proctor-Model-Version"


@blueprint.post(SCORING)
@access("reader", "predict")
def invoke() -> ResponseReturnValue:
    """Answer `{"predictions": [class, …]}` to 1 to 10,000 rows, sent as MLflow's clients send them.

    The headers name the request, under which the truth can be said later on, and the version that answered.
    """
    count_request()
    champion = current_champion(reading())
    if champion is None:
        raise make_silence()
    body, rows = _read(champion)
    answered = answer(champion, rows, Channel.MLFLOW, read_key(body))
    headers = {REQUEST_HEADER: answered.request.id, VERSION_HEADER: str(answered.request.version)}
    headers |= {REPEATED_HEADER: "true"} if answered.is_repeated else {}
    return {"predictions": [row.answer for row in answered.request.rows]}, headers


@blueprint.get("/ping")
@access("anyone")
def ping() -> ResponseReturnValue:
    """Answer 200 where a model is registered to answer, 404 where none is."""
    if find_registered_champion(reading(), current_spec().name) is None:
        abort(404)
    return Response("\n", mimetype="application/json", headers={"Cache-Control": "no-store"})


@blueprint.get("/version")
@access("reader", "read")
def version() -> ResponseReturnValue:
    """The version of MLflow whose protocol this is."""
    return Response(_find_mlflow(), mimetype="text/plain")


def _read(champion: Champion) -> tuple[object, list[Row]]:
    columns = champion.predictor.columns
    if request.mimetype == "application/json":
        body = read_json_object(LARGEST_BODY, nan_is_null=True)
        return body, read_rows(body, columns)
    if request.mimetype != CSV:
        raise UnsupportedMediaType("Send application/json or text/csv.")
    if request.mimetype_params.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
        raise UnsupportedMediaType("Send UTF-8.")
    text = _read_text()
    return text, read_csv(text, columns, current_spec().null_words)


def _read_text() -> str:
    try:
        return read_body(LARGEST_BODY).decode("utf-8")
    except UnicodeDecodeError:
        raise Problem(400, "The body is not UTF-8.") from None


@cache
def _find_mlflow() -> str:
    """Read from what is installed; the web process does not load MLflow."""
    return find_installed("mlflow")
