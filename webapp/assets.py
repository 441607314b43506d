"""What browsers load: our own files, named by their content so that they may be cached for good."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache, lru_cache
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


def send_for_good(path: Path, mimetype: str) -> Response:
    """Send a file of an installed package under an address that names its version: compressed once, kept for good."""
    compressed, digest = _compress(path)
    takes_gzip = request.accept_encodings.quality("gzip") > 0
    response = Response(compressed if takes_gzip else gzip.decompress(compressed), mimetype=mimetype)
    if takes_gzip:
        response.content_encoding = "gzip"
    response.headers["Cache-Control"] = FOR_GOOD
    response.vary.add("Accept-Encoding")
    response.set_etag(digest + ("-gzip" if takes_gzip else ""))
    response.make_conditional(request)
    return response


@cache
def _compress(path: Path) -> tuple[bytes, str]:
    content = path.read_bytes()
    return gzip.compress(content, compresslevel=6, mtime=0), hashlib.sha256(content).hexdigest()[:16]


def _keep_versioned(response: Response) -> Response:
    if request.endpoint == "static" and "v" in request.args and response.status_code == HTTPStatus.OK:
        response.headers["Cache-Control"] = FOR_GOOD
    return response
