"""`/data`, and its two files."""

from __future__ import annotations

from flask import Blueprint, abort, send_file
from flask.typing import ResponseReturnValue

from webapp.accounts import current_user
from webapp.current import current_settings, current_spec
from webapp.data.files import find_file
from webapp.data.queries import find_preparation
from webapp.data.views import show_data
from webapp.rendering import language, render_page
from webapp.security import access
from webapp.store.session import reading

blueprint = Blueprint("data", __name__)


@blueprint.get("/data")
@access("reader")
def index() -> ResponseReturnValue:
    """Say what we are looking at, where it is from and what cleaning changed."""
    user = current_user()
    page = show_data(
        reading(),
        current_spec(),
        current_settings().data_dir,
        language(),
        is_admin=user is not None and user.role == "admin",
    )
    return render_page("data/index.html", page)


@blueprint.get("/data/<which>")
@access("reader")
def download(which: str) -> ResponseReturnValue:
    """Send the clean or the rejected rows as they were written."""
    found = find_preparation(reading(), current_spec().name)
    path = find_file(found, which, current_settings().data_dir) if found else None
    if path is None:
        abort(404)
    return send_file(path, mimetype="text/csv", as_attachment=True, download_name=path.name)
