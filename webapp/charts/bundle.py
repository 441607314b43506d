"""The plotly.js inside the installed plotly package: compressed once a process, kept by browsers for good."""

from __future__ import annotations

from flask import Blueprint, abort, url_for
from flask.typing import ResponseReturnValue

from ml.charts.bundle import VERSION, bundle_path
from webapp.assets import send_for_good
from webapp.security import access

blueprint = Blueprint("charts", __name__)


@blueprint.get("/assets/plotly-<version>.js")
@access("anyone")
def plotly_js(version: str) -> ResponseReturnValue:
    """Send the one bundle that is installed; another version's name is not found, so that none is kept wrongly."""
    if version != VERSION:
        abort(404)
    return send_for_good(bundle_path(), "text/javascript")


def plotly_url() -> str:
    """Where pages load the bundle from."""
    return url_for("charts.plotly_js", version=VERSION)
