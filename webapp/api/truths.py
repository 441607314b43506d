"""`PUT /api/v1/predictions/<request id>/<row>/truth`: what turned out to be true of a row that was answered."""

from __future__ import annotations

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from webapp.accounts import current_user
from webapp.api.problems import Problem, read_json_object
from webapp.clock import now_ms
from webapp.predict.standing import forget_standings
from webapp.predictions.actions import NoSuchClassError, NoSuchRowError, record_truth
from webapp.predictions.values import read_request_id
from webapp.security import access
from webapp.store.session import current_store

blueprint = Blueprint("api_truths", __name__)


@blueprint.put("/predictions/<request_id>/<int:row>/truth")
@access("user", "truth")
def put_truth(request_id: str, row: int) -> ResponseReturnValue:
    """Record `{"truth": class}` of a row, counted from 1, or correct it; null takes it back."""
    body = read_json_object()
    if body.keys() != {"truth"} or not isinstance(body["truth"], str | None):
        raise Problem(422, "The body has one member, 'truth': the true class, or null to take it back.")
    found, user, now = read_request_id(request_id) or "", current_user(), now_ms()
    try:
        record_truth(current_store(), found, row, body["truth"], user or abort(401), now)
        forget_standings()
    except NoSuchRowError:
        raise Problem(404, "The log has no such row: it was erased, is too old, or never was.") from None
    except NoSuchClassError as error:
        raise Problem(422, "The model that answered knows no such class.", allowed=list(error.classes)) from None
    return {"request_id": found, "row": row, "truth": body["truth"], "at": now}
