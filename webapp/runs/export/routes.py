"""`/runs/export.csv`, `.json` and `.parquet`: the run table that the same address shows, as a file."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import chain
from typing import cast

from flask import Blueprint, Response, abort, current_app, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.clock import now_ms
from webapp.runs.export.asking import TooMuchError, ask
from webapp.runs.export.sending import FORMS, BusyError, Sender
from webapp.runs.export.sheet import Asked
from webapp.runs.table.routes import index
from webapp.runs.table.state import read_filters, read_state
from webapp.security import access
from webapp.store.projection import reading_current_runs

EXTENSION = "proctor_exports"


def add_routes(blueprint: Blueprint) -> None:
    """Add a route for each form, and to the app what sends them."""
    blueprint.record_once(_add_sender)
    for form in FORMS:
        blueprint.add_url_rule(f"/runs/export.{form}", f"export_{form}", export, defaults={"form": form})


def _add_sender(setup: BlueprintSetupState) -> None:
    extensions = setup.app.extensions
    extensions[EXTENSION] = Sender(extensions["proctor_store"], extensions["proctor_settings"])


@access("reader", "read")
def export(form: str) -> ResponseReturnValue:
    """Every run or group that the table finds; with `all=1` every metric, param and tag of theirs."""
    conn, now = reading_current_runs(), now_ms()
    state = read_state(request.args, read_filters(request.args, now))
    if state.filters.where.error:
        return index()  # which says what is wrong
    try:
        asked = ask(conn, state, now, is_whole=request.args.get("all") == "1")
    except TooMuchError as error:
        abort(400, str(error))
    return _send(asked, form)


def _send(asked: Asked, form: str) -> Response:
    """Send the file as it is made. The first of it is made before the answer begins, so that most errors have a page.

    Whatever happens to the client later, its end closes the answer, and that the stream.
    """
    response = Response(content_type=FORMS[form])
    response.headers.set("Content-Disposition", "attachment", filename=_name_file(asked, form))
    response.headers["Cache-Control"] = "no-store"
    if request.method == "HEAD":
        return response
    chunks = cast("Sender", current_app.extensions[EXTENSION]).stream(asked, form)
    try:
        first = next(chunks)
    except BusyError:
        abort(429, _("Other exports are being sent, and few are at one time. Try again when one has ended."))
    response.response = chain((first,), chunks)
    response.call_on_close(chunks.close)
    return response


def _name_file(asked: Asked, form: str) -> str:
    today = datetime.fromtimestamp(asked.now / 1000, UTC).date()
    return f"proctor-{'run-groups' if asked.state.group else 'runs'}-{today}.{form}"
