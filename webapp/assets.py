"""What browsers load: our own files, named by their content so that they may be cached for good."""

from __future__ import annotations

import hashlib
from functools import lru_cache
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
    return _static_url(request.root_path, str(current_app.static_folder), filename)


@lru_cache(maxsize=256)
def _static_url(_root: str, folder: str, filename: str) -> str:
    """Build it once for each prefix that a proxy may put before all addresses."""
    content = Path(folder, filename).read_bytes()
    return url_for("static", filename=filename, v=hashlib.sha256(content).hexdigest()[:12])


def _keep_versioned(response: Response) -> Response:
    if request.endpoint == "static" and "v" in request.args and response.status_code == HTTPStatus.OK:
        response.headers["Cache-Control"] = FOR_GOOD
    return response
