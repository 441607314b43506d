"""`/account/tokens`, where people make and revoke their own, and `/admin/tokens`, where admins revoke any."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.accounts import current_user
from webapp.accounts.api_tokens.actions import TooManyTokensError, issue_token, revoke_token
from webapp.accounts.api_tokens.forms import TokenForm
from webapp.accounts.api_tokens.pages import show_all_tokens, show_tokens
from webapp.accounts.api_tokens.queries import list_tokens
from webapp.accounts.queries import User
from webapp.clock import now_ms
from webapp.rendering import render_page
from webapp.security import access
from webapp.store.session import current_store, end_reading, reading

blueprint = Blueprint("tokens", __name__)
MADE = {"Cache-Control": "no-store"}


@blueprint.get("/account/tokens")
@access("user")
def index() -> ResponseReturnValue:
    """Somebody's own tokens, and the form for another one."""
    return _render(TokenForm(formdata=None))


@blueprint.post("/account/tokens")
@access("user")
def make() -> ResponseReturnValue:
    """Make a token and show it: in this answer, which nobody stores, and never again."""
    form = TokenForm()
    if not form.validate():
        return _render(form), 422
    try:
        fresh = issue_token(
            current_store(), _user(), form.name.data, frozenset(form.scopes.data), form.days.data, now_ms()
        )
    except TooManyTokensError:
        form.name.errors = [_("You have as many tokens as an account may have. Revoke one first.")]
        return _render(form), 422
    end_reading()  # the list has the new one, too
    return _render(TokenForm(formdata=None), fresh, form.name.data), 201, MADE


@blueprint.post("/account/tokens/<int:token_id>/revoke")
@access("user")
def revoke(token_id: int) -> ResponseReturnValue:
    """Revoke a token of one's own."""
    _announce(revoke_token(current_store(), _check(token_id), _user(), now_ms(), owner_id=_user().id))
    return redirect(url_for("tokens.index"), 303)


@blueprint.get("/admin/tokens")
@access("admin")
def index_of_all() -> ResponseReturnValue:
    """Everybody's tokens."""
    return render_page("tokens/all.html", show_all_tokens(list_tokens(reading(), now_ms())))


@blueprint.post("/admin/tokens/<int:token_id>/revoke")
@access("admin")
def revoke_any(token_id: int) -> ResponseReturnValue:
    """Revoke anybody's token."""
    _announce(revoke_token(current_store(), _check(token_id), _user(), now_ms()))
    return redirect(url_for("tokens.index_of_all"), 303)


def _render(form: TokenForm, fresh: str = "", fresh_name: str = "") -> str:
    tokens = list_tokens(reading(), now_ms(), _user().id)
    return render_page("tokens/index.html", show_tokens(tokens, form, fresh, fresh_name))


def _announce(name: str | None) -> None:
    if name is None:
        abort(404)
    flash(_("The token “%(name)s” is revoked.", name=name), "done")


def _check(token_id: int) -> int:
    """What the store's column could not hold is the id of no token."""
    return token_id if token_id < 2**31 else abort(404)


def _user() -> User:
    return current_user() or abort(403)
