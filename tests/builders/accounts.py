"""People with accounts, and a browser that fills in forms as they do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from webapp.accounts.actions import create_admin, issue_setup_link, open_session
from webapp.clock import now_ms
from webapp.store.tables import user

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from webapp.accounts import User

ADMIN = "ada"
PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Visitor:
    """Somebody with a browser of their own: a cookie jar, and a form token taken from the page before."""

    client: FlaskClient

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, **options)

    def token(self) -> str:
        """The form token of this visitor's session, as any page shows it, be it that there is none."""
        return find_token(self.client.get("/no-such-page").text)

    def send(self, path: str, **fields: str) -> TestResponse:
        """Send a form with its token."""
        return self.client.post(path, data={"csrf_token": self.token(), **fields})

    def sign_in(self, name: str = ADMIN, password: str = PASSWORD, destination: str = "/") -> TestResponse:
        return self.client.post(
            "/login",
            query_string={"next": destination},
            data={"csrf_token": self.token(), "name": name, "password": password},
        )

    def is_signed_in(self) -> bool:
        """Whether the site knows this visitor: the sign-in form is shown to nobody else."""
        return self.client.get("/login").status_code == 303

    def cookie(self) -> str:
        """What the browser would send."""
        cookie = self.client.get_cookie("proctor")
        assert cookie is not None
        return cookie.value


def visit(app: Flask) -> Visitor:
    """A visitor whom nobody knows."""
    return Visitor(app.test_client())


def add_admin(app: Flask, name: str = ADMIN, password: str = PASSWORD) -> User:
    """Create an admin."""
    return create_admin(app.extensions["proctor_store"], name, password, now_ms())


def visit_as_admin(app: Flask, name: str = ADMIN) -> Visitor:
    """A visitor who is signed in as a new admin."""
    add_admin(app, name)
    visitor = visit(app)
    assert visitor.sign_in(name).status_code == 303
    return visitor


def visit_with_role(app: Flask, role: str, name: str = "somebody") -> Visitor:
    """A visitor in the middle of a session, without the cost of a password."""
    store, visitor = app.extensions["proctor_store"], visit(app)
    values = {"name": name, "password_hash": "", "role": role, "is_enabled": True, "created_at": now_ms()}
    with store.write() as conn:
        user_id = conn.execute(insert(user).values(values).returning(user.c.id)).scalar_one()
    with visitor.client.session_transaction() as cookie:
        cookie["_user_id"] = open_session(store, user_id, now_ms())
    return visitor


def issue_link(app: Flask, now: int | None = None) -> str:
    """The path of a one-time link, made at `now`."""
    token = issue_setup_link(app.extensions["proctor_store"], now_ms() if now is None else now)
    assert token is not None
    return f"/setup/{token}"


def find_token(html: str) -> str:
    """The form token in a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', html)
    assert found is not None, html
    return unescape(found[1])
