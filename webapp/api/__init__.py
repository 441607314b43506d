"""The JSON twins of the pages, under /api/v1: one module a subject, each exporting `blueprint`."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit

from flask import Blueprint, Flask, request
from flask.json.provider import DefaultJSONProvider

from webapp.accounts.api_tokens.caller import bears_token
from webapp.api import limits, sending
from webapp.api.client import blueprint as client
from webapp.api.experiments import blueprint as experiments
from webapp.api.files import blueprint as files
from webapp.api.jobs import blueprint as jobs
from webapp.api.models import blueprint as models
from webapp.api.predictions import blueprint as predictions
from webapp.api.problems import Problem
from webapp.api.runs import blueprint as runs
from webapp.api.served import blueprint as served
from webapp.api.truths import blueprint as truths
from webapp.programs import is_for_programs

PREFIX = "/api/v1"
_READING = {"GET", "HEAD", "OPTIONS"}


def init_app(app: Flask) -> None:
    """Register every subject's module under /api/v1, guarded against other sites in the API's own way.

    A form token would be in the way of programs. JSON, which is all that `read_json_object` takes, is nothing that
    another site can make a browser send without asking first, and no header of ours ever allows it; a browser that
    names another site as the origin is turned away besides.
    """
    blueprints: tuple[Blueprint, ...] = (
        served, runs, experiments, models, predictions, truths, jobs, files, client,
    )  # fmt: skip
    cast("DefaultJSONProvider", app.json).sort_keys = False  # classes stay in their order
    app.before_request(refuse_other_sites)
    limits.init_app(app)
    sending.init_app(app)
    for blueprint in blueprints:
        app.extensions["csrf"].exempt(blueprint)
        app.register_blueprint(blueprint, url_prefix=PREFIX)


def refuse_other_sites() -> None:
    """Refuse a change through the API that a browser makes on behalf of another site's page."""
    if (
        not is_for_programs(request.path) or request.method in _READING or bears_token()
    ):  # a browser sends none by itself
        return
    origin = request.headers.get("Origin")
    is_foreign = origin is not None and urlsplit(origin).netloc != request.host
    if is_foreign or request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}:
        raise Problem(403, "Another site's page may not do this.")
