"""`/`."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from webapp.accounts import current_user
from webapp.current import current_settings, current_spec
from webapp.overview.views import show_overview
from webapp.rendering import language, render_page
from webapp.security import access
from webapp.store.projection import reading_current_runs

blueprint = Blueprint("overview", __name__)


@blueprint.get("/")
@access("reader")
def index() -> ResponseReturnValue:
    """Say whether the model in use is any good, and whether anything waits."""
    user = current_user()
    page = show_overview(
        reading_current_runs(),
        current_spec(),
        current_settings().artifact_roots,
        language(),
        is_admin=user is not None and user.role == "admin",
    )
    return render_page("overview/index.html", page)
