"""The JSON twins of the pages, under /api/v1: one module a subject, each exporting `blueprint`."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Flask, request

from webapp.api.problems import Problem

PREFIX = "/api/v1"
_READING = {"GET", "HEAD", "OPTIONS"}


def init_app(app: Flask) -> None:
    """Register every subject's module."""
    blueprints: tuple[Blueprint, ...] = ()
    for blueprint in blueprints:
        register_blueprint(app, blueprint)


def register_blueprint(app: Flask, blueprint: Blueprint) -> None:
    """Put a module's routes under /api/v1, guarded against other sites in the API's own way.

    A form token would be in the way of programs. What another site can make a browser send without asking first is
    never JSON, and what asks first is refused, since no header here allows it; `read_json_object` takes nothing but
    JSON, and a browser that names another site as the origin is turned away before.
    """
    from webapp.security import csrf

    csrf.exempt(blueprint)
    blueprint.before_request(refuse_other_sites)
    app.register_blueprint(blueprint, url_prefix=PREFIX + (blueprint.url_prefix or ""))


def refuse_other_sites() -> None:
    """Refuse a change that a browser makes on behalf of another site."""
    if request.method in _READING:
        return
    origin = request.headers.get("Origin")
    is_foreign = origin is not None and urlsplit(origin).netloc != request.host
    if is_foreign or request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}:
        raise Problem(403, "Another site's page may not do this.")
