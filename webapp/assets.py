"""What browsers load: our own files, named by their content so that they may be cached for good."""

from __future__ import annotations

import hashlib
from functools import cache
from http import HTTPStatus
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for

FOR_GOOD = "public, max-age=31536000, immutable"


def init_app(app: Flask) -> None:
    """Offer `static_url` to templates and let browsers keep what is named by its content."""
    app.jinja_env.globals["static_url"] = static_url
    app.after_request(_keep_versioned)


def static_url(filename: str) -> str:
    """The address of a file in `static/`, with its content's hash."""
    return url_for("static", filename=filename, v=_hash(str(current_app.static_folder), filename))


@cache
def _hash(folder: str, filename: str) -> str:
    return hashlib.sha256(Path(folder, filename).read_bytes()).hexdigest()[:12]


def _keep_versioned(response: Response) -> Response:
    if request.endpoint == "static" and "v" in request.args and response.status_code == HTTPStatus.OK:
        response.headers["Cache-Control"] = FOR_GOOD
    return response
