"""Who may call what, and the headers, hosts, sizes and form tokens that every answer and request must have."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Literal, cast

from flask import Flask, Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect

from ml.settings import Settings
from webapp.accounts import User, claims_session, current_user
from webapp.accounts.api_tokens.caller import NotLetInError, bears_token, require_scope
from webapp.accounts.api_tokens.scopes import Scope
from webapp.current import current_settings
from webapp.programs import is_for_programs

Access = Literal["anyone", "reader", "user", "admin"]
View = Callable[..., ResponseReturnValue]

csrf = CSRFProtect()
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
LARGEST_BODY = 20 * 1024 * 1024
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class AccessNotDeclaredError(RuntimeError):
    """A route does not say who may call it."""


def init_app(app: Flask, settings: Settings) -> None:
    """Set the key, the limits, the cookies, the form tokens and the headers."""
    app.config.update(
        SECRET_KEY=settings.secret_key or read_or_make_key(settings.data_dir / "secret_key"),
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        TRUSTED_HOSTS=trusted_hosts(settings) or None,
        SESSION_COOKIE_NAME="proctor",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    csrf.init_app(app)
    app.after_request(_add_headers)


def read_or_make_key(path: Path) -> str:
    """Read the key that signs cookies, made once for this installation and readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return _wait_for_key(path)
    with os.fdopen(descriptor, "w") as file:
        key = secrets.token_hex(32)
        file.write(key)
    return key


def trusted_hosts(settings: Settings) -> list[str]:
    """The host names that a request may name: those given, else, on a loopback bind, this machine's own."""
    if settings.trusted_hosts:
        return list(settings.trusted_hosts)
    return ["127.0.0.1", "localhost", "[::1]"] if settings.host in LOOPBACK else []


def reading_is_open(settings: Settings, peer: str | None) -> bool:
    """Whether somebody without an account may read.

    Unless the settings say so, it takes a loopback bind and a loopback peer: plain `waitress-serve wsgi:app` listens
    on every address whatever HOST says.
    """
    if settings.open_reading is not None:
        return settings.open_reading
    return settings.host in LOOPBACK and peer in LOOPBACK


def access(who: Access, scope: Scope | None = None) -> Callable[[View], View]:
    """Declare who may call a view: anyone, whoever may read this site, whoever has an account, or its admins.

    Programs with a token may call it where it names a `scope` that their token has.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            refusal = _refuse(who, scope)
            return view(*args, **kwargs) if refusal is None else refusal

        cast("Any", guarded).access, cast("Any", guarded).scope = who, scope
        return guarded

    return declare


def require_access_everywhere(app: Flask) -> None:
    """Stop the start if a route does not declare who may call it."""
    silent = sorted(
        name for name, view in app.view_functions.items() if name != "static" and not hasattr(view, "access")
    )
    if silent:
        raise AccessNotDeclaredError(f"these routes do not say who may call them (@access): {', '.join(silent)}")


def _refuse(who: Access, scope: Scope | None) -> ResponseReturnValue | None:
    if who == "anyone":
        return None
    user: User | None = None
    if bears_token():
        user = require_scope(scope).user
    elif who == "reader" and reading_is_open(current_settings(), request.remote_addr):
        return None
    user = user or current_user()
    if user is None:
        return _ask_to_sign_in()
    if who == "admin" and user.role != "admin":
        abort(403)
    return None


def _ask_to_sign_in() -> ResponseReturnValue:
    if is_for_programs(request.path):
        raise NotLetInError(401, "Sign in, or send a token: Authorization: Bearer …")
    following = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.login", next=following))


def _wait_for_key(path: Path) -> str:
    """Another process may have made the file and not yet written it."""
    for _ in range(200):
        key = path.read_text().strip()
        if key:
            return key
        time.sleep(0.01)
    raise RuntimeError(f"{path} is empty: delete it, and a new key is made at the next start")


def _add_headers(response: Response) -> Response:
    given = {name.lower() for name, _value in response.headers}
    keeping = {} if "cache-control" in given else {"Cache-Control": "no-store" if claims_session() else "no-cache"}
    response.headers.extend((name, value) for name, value in (HEADERS | keeping).items() if name.lower() not in given)
    return response
