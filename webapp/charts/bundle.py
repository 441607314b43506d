"""The plotly.js inside the installed plotly package: compressed once a process, kept by browsers for good."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache

from flask import Blueprint, Response, abort, request, url_for
from flask.typing import ResponseReturnValue

from ml.charts.bundle import VERSION, bundle_path
from webapp.assets import FOR_GOOD
from webapp.security import access

blueprint = Blueprint("charts", __name__)


@blueprint.get("/assets/plotly-<version>.js")
@access("anyone")
def plotly_js(version: str) -> ResponseReturnValue:
    """Send the one bundle that is installed; another version's name is not found, so that none is kept wrongly."""
    if version != VERSION:
        abort(404)
    compressed, digest = _compress()
    takes_gzip = request.accept_encodings.quality("gzip") > 0
    response = Response(compressed if takes_gzip else gzip.decompress(compressed), mimetype="text/javascript")
    if takes_gzip:
        response.content_encoding = "gzip"
    response.headers["Cache-Control"] = FOR_GOOD
    response.vary.add("Accept-Encoding")
    response.set_etag(digest + ("-gzip" if takes_gzip else ""))
    return response.make_conditional(request)


def plotly_url() -> str:
    """Where pages load the bundle from."""
    return url_for("charts.plotly_js", version=VERSION)


@cache
def _compress() -> tuple[bytes, str]:
    content = bundle_path().read_bytes()
    return gzip.compress(content, compresslevel=6, mtime=0), hashlib.sha256(content).hexdigest()[:16]
