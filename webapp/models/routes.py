"""`/models`: all registered models, one of them, one of its versions, and what an admin does to it."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.accounts import current_user
from webapp.clock import now_ms
from webapp.current import current_settings, current_spec
from webapp.models.actions import Signed, describe
from webapp.models.cards import show_card
from webapp.models.changes import FORMS, carry_out, make_form
from webapp.models.forms import ChangeForm, DescribeForm
from webapp.models.gates import RefusedError
from webapp.models.listing import count_models, find_model
from webapp.models.model_views import show_list, show_model
from webapp.models.queries import find_version, was_deleted
from webapp.models.sentences import describe_refusal
from webapp.models.stages import read_version
from webapp.models.version_views import show_gone, show_version
from webapp.models.views import Reader
from webapp.rendering import language, render_page
from webapp.security import access
from webapp.store.projection import reading_current_runs
from webapp.store.session import current_store, end_reading, reading

blueprint = Blueprint("models", __name__)


@blueprint.get("/models")
@access("reader")
def index() -> ResponseReturnValue:
    """All models; where there is none but ours, that one at once. `?version=3` leads to a version of ours."""
    name = current_spec().name
    if version := read_version(request.args.get("version", "")):
        return redirect(url_for("models.version", name=name, version=version))
    conn, after = reading_current_runs(), request.args.get("after")
    others = count_models(conn) - (find_model(conn, name) is not None)
    if not others:
        return _render_model(name)
    return render_page("models/list.html", show_list(conn, current_spec(), _without_nul(after)))


@blueprint.get("/models/<model:name>")
@access("reader")
def show(name: str) -> ResponseReturnValue:
    """One model: which version answers, since when, who decided, why; and every other version."""
    return _render_model(name)


@blueprint.get("/models/<model:name>/<int:version>")
@access("reader")
def version(name: str, version: int) -> ResponseReturnValue:
    """One version."""
    return _render_version(name, version)


@blueprint.get("/models/<int:version>/card", defaults={"name": None})
@blueprint.get("/models/<model:name>/<int:version>/card")
@access("reader")
def card(name: str | None, version: int) -> ResponseReturnValue:
    """What a version is for, what it was measured at, for whom, and how to make it again."""
    found = find_version(reading(), name or current_spec().name, version)
    if found is None:
        abort(404)
    return render_page("models/card.html", show_card(found, current_settings().artifact_roots, language()))


@blueprint.post("/models/<model:name>/describe")
@access("admin")
def describe_model(name: str) -> ResponseReturnValue:
    """Write what a model is about."""
    if find_model(reading(), name) is None:
        abort(404)
    form = DescribeForm("describe")
    if not form.validate():
        return _render_model(name, form), 422
    signed = Signed(_user_name(), "", now_ms())
    try:
        describe(current_store(), name, None, (form.text.data or "").strip(), signed, seen=form.seen.data or "")
    except RefusedError as error:
        _blame(form, error)
        return _render_model(name, form), 409
    flash(_("The description is kept."), "done")
    return redirect(url_for("models.show", name=name))


@blueprint.post("/models/<model:name>/<int:version>/<change>")
@access("admin")
def change(name: str, version: int, change: str) -> ResponseReturnValue:
    """Do what an admin decided: promote, roll back, retire, and so on."""
    if change not in FORMS or find_version(reading(), name, version) is None:
        abort(404)
    form = make_form(change, is_sent=True)
    if not form.validate():
        return _render_version(name, version, (change, form), 422)
    reason = form.reason.data.strip() if "reason" in form else ""
    try:
        done = carry_out(change, current_store(), name, version, form, Signed(_user_name(), reason, now_ms()))
    except RefusedError as error:
        _blame(form, error)
        return _render_version(name, version, (change, form), 409)
    flash(done, "done")
    if change in {"promote", "roll-back", "delete"}:
        return redirect(url_for("models.show", name=name))
    return redirect(url_for("models.version", name=name, version=version))


def _blame(form: ChangeForm, error: RefusedError) -> None:
    item = form.where(error.code)
    item.errors = [*item.errors, describe_refusal(error, language())]
    end_reading()  # what this request read before is what somebody else has changed


def _user_name() -> str:
    user = current_user()
    return user.name if user else ""


def _reader() -> Reader:
    user = current_user()
    is_admin = user is not None and user.role == "admin"
    return Reader(current_spec(), current_settings().artifact_roots, language(), is_admin)


def _render_model(name: str, form: DescribeForm | None = None) -> str:
    below = read_version(request.args.get("below", ""))
    page = show_model(reading_current_runs(), name, _reader(), below, form)
    return render_page("models/index.html", page) if page else abort(404)


def _render_version(
    name: str, version: int, sent: tuple[str, ChangeForm] | None = None, status: int = 200
) -> ResponseReturnValue:
    conn = reading_current_runs()
    found = find_version(conn, name, version)
    if found:
        return render_page("models/version.html", show_version(conn, found, _reader(), sent)), status
    if was_deleted(conn, name, version):
        return render_page("models/gone.html", show_gone(conn, name, version)), 410
    return abort(404)


def _without_nul(text: str | None) -> str | None:
    return text.replace("\0", "") if text else None
