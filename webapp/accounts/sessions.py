"""Who is calling: the cookie holds a random token, the store says whose it is and until when.

Flask-Login keeps the token where it would keep a user's id. A stock Flask session would go on working after sign-out
for whoever copied the cookie; here the row is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import flask_login
from flask import Flask, Request, Response, g, has_request_context, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from webapp.accounts import actions
from webapp.accounts.api_tokens.caller import bears_token, current_grant
from webapp.accounts.queries import User, find_user_of_session
from webapp.clock import now_ms
from webapp.store.session import current_store, reading


@dataclass(frozen=True)
class SignedIn(flask_login.UserMixin):
    """Somebody with a session, as Flask-Login wants to see them."""

    user: User
    token: str

    def get_id(self) -> str:
        """What the cookie holds: never the user's id."""
        return self.token


class CookieSessions(SecureCookieSessionInterface):
    """Flask's signed cookie, marked Secure whenever the request came by https; without one nothing is looked at."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Read the cookie, if there is one."""
        return super().open_session(app, request) if "HTTP_COOKIE" in request.environ else self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie, if there is one: a program with a token has no session that an answer could depend on."""
        if not bears_token():
            super().save_session(app, session, response)

    def get_cookie_secure(self, app: Flask) -> bool:
        """Say whether the browser may send it by https only."""
        return request.is_secure or super().get_cookie_secure(app)


def init_app(app: Flask) -> None:
    """Recognise people by their cookie."""
    app.session_interface = CookieSessions()
    app.config.update(SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax")
    manager = flask_login.LoginManager()
    # Its context processor would ask the store from within every template, the page that says it is away included.
    manager.init_app(app, add_context_processor=False)
    manager.session_protection = None  # a telephone changes its address; the row in the store is what counts
    manager.user_loader(load_session)


def load_session(token: str) -> SignedIn | None:
    """Find who holds the session with this token."""
    user = find_user_of_session(reading(), token, now_ms())
    return SignedIn(user, token) if user else None


def current_user() -> User | None:
    """Who is calling, or None: nobody signed in, the session or the token has ended, the account was disabled."""
    if not has_request_context() or g.get("store_is_away"):
        return None  # the page that says so has a frame too, and must not ask again
    if bears_token():
        grant = current_grant()
        return grant.user if grant and not grant.ended else None
    somebody = flask_login.current_user
    return cast("User", somebody.user) if somebody.is_authenticated else None


def claims_session() -> bool:
    """Whether the browser brought a token, good or not: asks no store, so it is for headers, never for access."""
    return bool(session.get("_user_id"))


def sign_in(user: User) -> None:
    """Begin a session: nothing that the browser brought along but its language lives on."""
    _drop_session()
    token = actions.open_session(current_store(), user.id, now_ms())
    flask_login.login_user(SignedIn(user, token))


def sign_out() -> None:
    """End the session here and in the store."""
    _drop_session()
    flask_login.logout_user()


def _drop_session() -> None:
    language = session.get("language")
    if claims_session():
        actions.close_session(current_store(), session["_user_id"])
    session.clear()
    if language:
        session["language"] = language
