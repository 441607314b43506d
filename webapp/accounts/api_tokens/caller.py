"""Who calls with `Authorization: Bearer …`, and what a token that is not good is answered.

A token decides alone: neither a session that came along nor that reading is open to everybody makes up for what it may
not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from flask import Flask, current_app, g, request
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from webapp.accounts.api_tokens.actions import note_use
from webapp.accounts.api_tokens.queries import Ended, Grant, find_grant
from webapp.accounts.api_tokens.scopes import Scope
from webapp.clock import now_ms
from webapp.store.session import current_store, reading

USE_IS_NOTED_EVERY = 60_000
"""Milliseconds: a write with each request would cost more than most answers."""
_WORDS = {
    Ended.EXPIRED: "This token has expired: make a new one.",
    Ended.REVOKED: "This token was revoked: make a new one.",
    Ended.DISABLED: "The account of this token is disabled.",
}


class NotLetInError(HTTPException):
    """A program that is not let in: `WWW-Authenticate` says why, as RFC 6750 has it."""

    def __init__(self, status: int, description: str, scope: Scope | None = None, error: str | None = None) -> None:
        super().__init__(description)
        self.code = status
        self.members: Mapping[str, Any] = {"scope": scope} if scope else {}
        values = {"realm": "Proctor", "error": error, "scope": scope}
        self._challenge = "Bearer " + ", ".join(f'{name}="{value}"' for name, value in values.items() if value)

    def get_headers(self, *arguments: Any, **options: Any) -> list[tuple[str, str]]:
        """The headers of the answer."""
        return [*super().get_headers(*arguments, **options), ("WWW-Authenticate", self._challenge)]


def init_app(app: Flask) -> None:
    """Remember when this process last noted the use of each token."""
    app.extensions["proctor_token_uses"] = {}


def bears_token() -> bool:
    """Whether the request brought a token, good or not."""
    found = request.authorization
    return found is not None and found.type == "bearer"


def current_grant() -> Grant | None:
    """What the request's token stands for, be it that it has ended; None where there never was such a one."""
    found: Grant | Literal["unasked"] | None = g.get("proctor_grant", "unasked")
    if found == "unasked":
        brought = request.authorization
        text = brought.token if brought else None
        found = g.proctor_grant = find_grant(reading(), text, now_ms()) if text else None
    return found


def require_scope(scope: Scope | None) -> Grant:
    """Require that the request's token is good, and was made for this. Routes without a scope are not for tokens.

    Raises
    ------
    NotLetInError
    """
    grant = current_grant()
    if grant is None or grant.ended:
        said = _WORDS[grant.ended] if grant and grant.ended else "There is no such token."
        raise NotLetInError(401, said, error="invalid_token")
    if scope is None:
        raise NotLetInError(403, "No token may do this: sign in and do it on the page.", error="insufficient_scope")
    if scope not in grant.scopes:
        said = f"This token was not made for that: it takes one with the scope {scope!r}."
        raise NotLetInError(403, said, scope, "insufficient_scope")
    _note_use(grant)
    return grant


def _note_use(grant: Grant) -> None:
    uses: dict[int, int] = current_app.extensions["proctor_token_uses"]
    now = now_ms()
    if now - uses.get(grant.token_id, 0) < USE_IS_NOTED_EVERY:
        return
    uses[grant.token_id] = now
    try:
        note_use(current_store(), grant.token_id, now)
    except DBAPIError as error:  # a store that can only be read still answers what can be read
        current_app.logger.warning("the use of token %s was not noted: %s", grant.token_id, error.orig)
