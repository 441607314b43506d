"""`GET /health`: 200 while the site can serve, 503 while it cannot; no path, address or secret in it."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, current_app, g, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from webapp.champion import peek_served
from webapp.clock import now_ms
from webapp.current import current_spec
from webapp.health.queries import STORE_AWAY, Health, find_health
from webapp.security import access
from webapp.store.session import reading

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
@access("anyone")
def index() -> ResponseReturnValue:
    """Say how store, worker and model are."""
    health = _ask()
    status = "ok" if health.can_serve else "unavailable"
    response = jsonify({"status": status, **asdict(health)})
    response.headers["Cache-Control"] = "no-store"
    return response, 200 if health.can_serve else 503


def _ask() -> Health:
    try:
        return find_health(reading(), current_spec().name, now_ms(), peek_served(reading()))
    except SQLAlchemyError as error:
        g.store_is_away = True
        current_app.logger.error("the store did not answer: %s", error)  # noqa: TRY400  # the cause, once, is enough
        return STORE_AWAY
