"""`POST /api/v1/predictions`: rows in, classes and probabilities out, with the version that says so."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from ml.serve.contract import Row
from webapp.api.answers import REPEATED_HEADER, answer, read_key
from webapp.api.limits import count_request
from webapp.api.problems import Problem, read_json_object
from webapp.predict.answering import Answered
from webapp.predictions.values import AnsweredRequest, AnsweredRow, Channel
from webapp.security import access

blueprint = Blueprint("api_predictions", __name__)
MOST_ROWS = 10_000
LARGEST_BODY = 8 * 1024 * 1024


@blueprint.post("/predictions")
@access("reader", "predict")
def predict() -> ResponseReturnValue:
    """Predict 1 to 10,000 rows: `{"rows": [{column: value, …}, …]}`, null for a missing value.

    In a share `set_level` of answers the true class is in `set`; both are null for a model that has no such sets.
    With an `Idempotency-Key`, the same request sent again gets the answer that it got before.
    """
    count_request()
    body = read_json_object(LARGEST_BODY)
    rows = _read_rows(body)
    answered = answer(rows, Channel.API, read_key(body))
    return _describe(answered.request), _headers(answered)


def _headers(answered: Answered) -> dict[str, str]:
    return {REPEATED_HEADER: "true"} if answered.is_repeated else {}


def _read_rows(body: dict[str, Any]) -> list[Row]:
    rows = body.get("rows")
    unknown = sorted(body.keys() - {"rows"})
    if unknown:
        raise Problem(422, f"The body has the unknown member {unknown[0]!r}; it takes only 'rows'.")
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_ROWS:
        raise Problem(422, f"'rows' must be a list of 1 to {MOST_ROWS:,} objects.")
    for i, row in enumerate(rows):
        if not isinstance(row, dict):
            raise Problem(
                422, "Every row must be an object.", errors=[{"pointer": f"/rows/{i}", "detail": "no object"}]
            )
    return rows


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
