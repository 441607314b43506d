"""`POST /api/v1/predictions`: rows in, classes and probabilities out, with the version that says so."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from ml.serve.contract import Row, RowError
from webapp.api.problems import Problem, read_json_object
from webapp.champion import Champion, current_champion
from webapp.security import access
from webapp.store.session import reading

blueprint = Blueprint("api_predictions", __name__)
MOST_ROWS = 10_000
LARGEST_BODY = 8 * 1024 * 1024


@blueprint.post("/predictions")
@access("reader")
def predict() -> ResponseReturnValue:
    """Predict 1 to 10,000 rows: `{"rows": [{column: value, …}, …]}`, null for a missing value."""
    rows = _read_rows()
    champion = current_champion(reading())
    if champion is None:
        raise Problem(503, "No model answers yet: train one first.")
    return {
        "model": champion.version.name,
        "model_version": champion.version.version,
        "rule": champion.predictor.decision.rule,
        "predictions": _predict(champion, rows),
    }


def _read_rows() -> list[Row]:
    body = read_json_object(LARGEST_BODY)
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


def _predict(champion: Champion, rows: list[Row]) -> list[dict[str, Any]]:
    classes = champion.predictor.classes
    try:
        probabilities = champion.predictor.predict(rows)
    except RowError as error:
        raise Problem(422, str(error), errors=[_locate(error, champion)]) from error
    return [
        {
            "class": answered,
            "probabilities": dict(zip(classes, shares, strict=True)),
        }
        for answered, shares in zip(champion.predictor.decide(probabilities), probabilities.tolist(), strict=True)
    ]


def _locate(error: RowError, champion: Champion) -> dict[str, Any]:
    """Point at the cell, and say what it may be."""
    name = error.column.replace("~", "~0").replace("/", "~1")
    found: dict[str, Any] = {"pointer": f"/rows/{error.row - 1}/{name}", "detail": str(error), "reason": error.reason}
    column = next((column for column in champion.predictor.columns if column.name == error.column), None)
    if column is not None and column.categories:
        found["allowed"] = [*column.categories, None]
    return found
