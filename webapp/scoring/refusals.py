"""Errors as clients of MLflow's scoring server expect them."""

from __future__ import annotations

import json
from http import HTTPStatus

from flask import Response
from werkzeug.exceptions import HTTPException

_CODES = {
    HTTPStatus.UNAUTHORIZED: "UNAUTHENTICATED",
    HTTPStatus.FORBIDDEN: "PERMISSION_DENIED",
    HTTPStatus.CONFLICT: "RESOURCE_CONFLICT",
    HTTPStatus.TOO_MANY_REQUESTS: "REQUEST_LIMIT_EXCEEDED",
    HTTPStatus.INTERNAL_SERVER_ERROR: "INTERNAL_ERROR",
    HTTPStatus.SERVICE_UNAVAILABLE: "TEMPORARILY_UNAVAILABLE",
}
_KEPT = frozenset({"Allow", "Retry-After", "WWW-Authenticate"})


def answer_refusal(error: HTTPException) -> Response:
    """Turn any HTTP error into `{"error_code", "message"}`; what is wrong with a body is a 400 there."""
    status = HTTPStatus(error.code or 500)
    if status is HTTPStatus.UNPROCESSABLE_ENTITY:
        status = HTTPStatus.BAD_REQUEST
    document = {"error_code": _CODES.get(status, "BAD_REQUEST"), "message": error.description or status.phrase}
    response = Response(json.dumps(document), status, content_type="application/json")
    response.headers.update({name: value for name, value in error.get_headers() if name in _KEPT})
    return response
