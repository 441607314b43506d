"""`GET /api/v1/openapi.json`, and Swagger's page about it, whose files come out of the installed package."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import version as find_installed
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, current_app, request, url_for
from flask.typing import ResponseReturnValue

from webapp.api.openapi.build import make_document
from webapp.assets import send_for_good
from webapp.champion import current_champion
from webapp.current import current_spec
from webapp.rendering import render_fragment
from webapp.security import access
from webapp.store.session import reading

blueprint = Blueprint("openapi", __name__)
PACKAGE = "flask_swagger_ui"
FILES = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript"}


@dataclass(frozen=True)
class DocsPage:
    """Where Swagger's page finds the document and its own files."""

    document: str
    style: str
    bundle: str


@blueprint.get("/api/v1/openapi.json")
@access("reader", "read")
def document() -> ResponseReturnValue:
    """This document, with the schema of a row for the version that answers."""
    return _make()


@blueprint.get("/api/v1/docs")
@access("reader")
def docs() -> ResponseReturnValue:
    """The document for people, who may try each operation there."""
    places = {name: url_for("openapi.file", version=_find_version(), name=name) for name in FILES}
    page = DocsPage(url_for("openapi.document"), places["swagger-ui.css"], places["swagger-ui-bundle.js"])
    return render_fragment("api/docs.html", page)


@blueprint.get("/assets/swagger-<version>/<name>")
@access("anyone")
def file(version: str, name: str) -> ResponseReturnValue:
    """Send a file of the one version that is installed."""
    if version != _find_version() or name not in FILES:
        abort(404)
    return send_for_good(_folder() / name, FILES[name])


def _make() -> dict[str, Any]:
    """Made anew for another champion only."""
    champion = current_champion(reading())
    asked = (champion and (champion.version.version, champion.version.file_sha256), request.root_path)
    kept: dict[Any, dict[str, Any]] = current_app.extensions.setdefault("proctor_openapi", {})
    if asked not in kept:
        made = make_document(current_app, champion, current_spec(), request.root_path)
        kept.clear()
        kept[asked] = made
    return kept.get(asked) or make_document(current_app, champion, current_spec(), request.root_path)


@cache
def _find_version() -> str:
    return find_installed(PACKAGE)


@cache
def _folder() -> Path:
    """Found without importing the package."""
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise RuntimeError(f"{PACKAGE} is not installed")
    return Path(found.origin).with_name("dist")
