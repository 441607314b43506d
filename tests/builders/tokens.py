"""Programs with a token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from tests.builders.accounts import visit_with_role
from webapp.accounts.api_tokens.actions import issue_token
from webapp.accounts.api_tokens.scopes import SCOPES, Scope
from webapp.accounts.queries import User
from webapp.clock import now_ms
from webapp.store.tables import user

if TYPE_CHECKING:
    from flask import Flask


def make_token(
    app: Flask,
    *scopes: Scope,
    role: str = "reader",
    owner: str = "grace",
    days: int = 30,
    now: int | None = None,
    name: str = "nightly",
) -> str:
    """Make a token of a new account, or of the one that is called so, for all scopes where none is named."""
    store = app.extensions["proctor_store"]
    with store.read() as conn:
        found = conn.execute(select(user.c.id, user.c.role).where(user.c.name == owner)).one_or_none()
    if found is None:
        visit_with_role(app, role, owner)
        return make_token(app, *scopes, owner=owner, days=days, now=now, name=name)
    chosen = frozenset(scopes or SCOPES)
    return issue_token(store, User(found.id, owner, found.role), name, chosen, days, now_ms() if now is None else now)


def bearer(token: str) -> dict[str, str]:
    """The header with which a program shows its token."""
    return {"Authorization": f"Bearer {token}"}
