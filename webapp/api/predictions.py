"""`POST /api/v1/predictions`: rows in, classes and probabilities out, with the version that says so."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from ml.serve.contract import Row
from webapp.api import explanations
from webapp.api.answers import REPEATED_HEADER, answer, read_key
from webapp.api.explanations import explain_rows
from webapp.api.limits import count_request
from webapp.api.problems import Problem, read_json_object
from webapp.champion import Champion, current_champion
from webapp.predict.answering import Answered
from webapp.predictions.values import AnsweredRequest, AnsweredRow, Channel
from webapp.security import access
from webapp.store.session import reading

blueprint = Blueprint("api_predictions", __name__)
MOST_ROWS = 10_000
MEMBERS = ("rows", "explain", "change_sensitive")
LARGEST_BODY = 8 * 1024 * 1024


@blueprint.post("/predictions")
@access("reader", "predict")
def predict() -> ResponseReturnValue:
    """Predict 1 to 10,000 rows: `{"rows": [{column: value, …}, …]}`, null for a missing value.

    In a share `set_level` of answers the true class is in `set`; both are null for a model that has no such sets.
    With an `Idempotency-Key`, the same request sent again gets the answer that it got before.

    With `"explain": true`, of 100 rows at most, each answer carries its explanation: of each class its base rate and
    what each column adds, what every other value would change, the fewest changes that lead to each other class
    (never of a sensitive column, unless `"change_sensitive": true`), and what became of rows like it. It is null where
    an answer is repeated that another version gave than the one that answers now.
    """
    count_request()
    body = read_json_object(LARGEST_BODY)
    rows, explain = _read_rows(body), _read_switch(body, "explain")
    with_sensitive = _read_switch(body, "change_sensitive")
    if explain:
        _count_explained(rows)
    champion = current_champion(reading())
    answered = answer(champion, rows, Channel.API, read_key(body))
    document = _describe(answered.request)
    if explain:
        is_same = champion is not None and _is_by(answered.request, champion)
        explained = explain_rows(champion, rows, with_sensitive=with_sensitive) if champion and is_same else None
        for place, prediction in enumerate(document["predictions"]):
            prediction["explanation"] = explained[place] if explained else None
    return document, _headers(answered)


def _is_by(request: AnsweredRequest, champion: Champion) -> bool:
    version = champion.version
    return (request.model, request.version, request.run_id) == (version.name, version.version, version.run_id)


def _count_explained(rows: list[Row]) -> None:
    if len(rows) > explanations.MOST_ROWS:
        words = f"At most {explanations.MOST_ROWS} rows are explained at a time; these are {len(rows):,}."
        raise Problem(422, words, errors=[{"pointer": "/explain", "detail": words}])
    count_request(explanations.COST * len(rows))


def _headers(answered: Answered) -> dict[str, str]:
    return {REPEATED_HEADER: "true"} if answered.is_repeated else {}


def _read_rows(body: dict[str, Any]) -> list[Row]:
    rows = body.get("rows")
    unknown = sorted(body.keys() - set(MEMBERS))
    if unknown:
        raise Problem(422, f"The body has the unknown member {unknown[0]!r}; it takes {', '.join(MEMBERS)}.")
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_ROWS:
        raise Problem(422, f"'rows' must be a list of 1 to {MOST_ROWS:,} objects.")
    for i, row in enumerate(rows):
        if not isinstance(row, dict):
            raise Problem(
                422, "Every row must be an object.", errors=[{"pointer": f"/rows/{i}", "detail": "no object"}]
            )
    return rows


def _read_switch(body: dict[str, Any], name: str) -> bool:
    found = body.get(name, False)
    if not isinstance(found, bool):
        words = f"{name!r} must be true or false."
        raise Problem(422, words, errors=[{"pointer": f"/{name}", "detail": words}])
    return found


def _describe(request: AnsweredRequest) -> dict[str, Any]:
    return {
        "request_id": request.id,
        "model": request.model,
        "model_version": request.version,
        "set_level": request.set_level,
        "rule": request.rule,
        "latency_us": request.latency_us,
        "predictions": [_describe_row(i, row, request.classes) for i, row in enumerate(request.rows, 1)],
    }


def _describe_row(number: int, row: AnsweredRow, classes: tuple[str, ...]) -> dict[str, Any]:
    return {
        "row": number,
        "class": row.answer,
        "probabilities": dict(zip(classes, row.shares, strict=True)),
        "set": None if row.set is None else list(row.set),
    }
