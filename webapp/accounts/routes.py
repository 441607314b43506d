"""Signing in and out, the first admin's one-time link, and the language switch."""

from __future__ import annotations

import math
import time

from flask import Blueprint, abort, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.accounts.actions import LinkRefusedError, check_credentials, redeem_setup_link
from webapp.accounts.attempts import (
    Attempt,
    count_attempt,
    describe_attempt,
    find_next_try,
    forgive_attempts,
    note_failure,
)
from webapp.accounts.destinations import choose_destination
from webapp.accounts.forms import SetupForm, SignInForm
from webapp.accounts.pages import DeadLinkPage, SetupPage, SignInPage, TooManyTriesPage
from webapp.accounts.queries import LinkState, User, find_link_state
from webapp.accounts.sessions import current_user, sign_in, sign_out
from webapp.clock import now_ms
from webapp.languages import CODES
from webapp.rendering import render_page
from webapp.security import access
from webapp.store.session import current_store, reading

blueprint = Blueprint("accounts", __name__)


@blueprint.route("/login", methods=["GET", "POST"])
@access("anyone")
def login() -> ResponseReturnValue:
    """Show the sign-in form, or sign in and go where the person was going."""
    destination = choose_destination(request.args.get("next"), url_for("overview.index"))
    if request.method == "GET" and current_user():
        return redirect(destination, 303)
    form = SignInForm()
    if not form.validate_on_submit():
        return _show_sign_in(form, destination)
    attempt = describe_attempt(form.name.data, request.remote_addr)
    if not count_attempt(attempt):
        return _refuse_attempt(attempt, destination)
    user = check_credentials(current_store(), form.name.data, form.password.data)
    if user is None:
        note_failure(attempt)
        form.password.errors = [_("This name and this password do not belong together. Check both and try again.")]
        return _show_sign_in(form, destination)
    forgive_attempts(attempt)
    return _welcome(user, destination)


@blueprint.post("/logout")
@access("anyone")
def logout() -> ResponseReturnValue:
    """End the session."""
    sign_out()
    return redirect(url_for("overview.index"), 303)


@blueprint.route("/setup/<token>", methods=["GET", "POST"])
@access("anyone")
def setup(token: str) -> ResponseReturnValue:
    """Show the form of a good one-time link, or create the first admin with it."""
    state = find_link_state(reading(), token, now_ms())
    if state is not LinkState.OPEN:
        return _refuse_link(state)
    form = SetupForm()
    if not form.validate_on_submit():
        page = SetupPage(form, token)
        return render_page("accounts/setup.html", page), 422 if form.is_submitted() else 200
    try:
        user = redeem_setup_link(current_store(), token, form.name.data, form.password.data, now_ms())
    except LinkRefusedError:
        return _refuse_link(LinkState.USED)
    return _welcome(user, url_for("overview.index"))


@blueprint.post("/language")
@access("anyone")
def language() -> ResponseReturnValue:
    """Remember the language and go back."""
    chosen = request.form.get("language", "")
    if chosen not in CODES:
        abort(400, _("There is no such language here."))
    session["language"] = chosen
    return redirect(choose_destination(request.form.get("next"), url_for("overview.index")), 303)


def _show_sign_in(form: SignInForm, destination: str) -> ResponseReturnValue:
    return render_page("accounts/login.html", SignInPage(form, destination)), 422 if form.is_submitted() else 200


def _welcome(user: User, destination: str) -> ResponseReturnValue:
    sign_in(user)
    return redirect(destination, 303)


def _refuse_attempt(attempt: Attempt, destination: str) -> ResponseReturnValue:
    seconds = max(1, math.ceil(find_next_try(attempt) - time.time()))
    page = TooManyTriesPage(math.ceil(seconds / 60), destination)
    return render_page("accounts/too_many_tries.html", page), 429, {"Retry-After": str(seconds)}


def _refuse_link(state: LinkState) -> ResponseReturnValue:
    return render_page("accounts/dead_link.html", DeadLinkPage(state)), 404 if state is LinkState.UNKNOWN else 410
