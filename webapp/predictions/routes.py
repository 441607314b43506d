"""`/predict/<request id>`, where people say what turned out to be true, and `/admin/predictions`, the log itself."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, json, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.accounts import current_user
from webapp.accounts.queries import User
from webapp.clock import now_ms
from webapp.current import current_settings, current_spec
from webapp.predict.standing import forget_standings
from webapp.predictions.actions import NoSuchClassError, NoSuchRowError, erase_request, export_request, record_truth
from webapp.predictions.forms import EraseForm, TruthForm
from webapp.predictions.queries import find_request, find_size
from webapp.predictions.values import LARGEST_ROW, describe_request, read_request_id
from webapp.predictions.views import show_log, show_truth
from webapp.rendering import language, render_page
from webapp.security import access
from webapp.store.session import current_store, reading

blueprint = Blueprint("predictions", __name__)


@blueprint.get("/predict/answers")
@access("user")
def find() -> ResponseReturnValue:
    """Lead to the request whose id was typed."""
    found = read_request_id(request.args.get("id", ""))
    if found is None or find_size(reading(), found) is None:
        flash(_("The log has no request with this id: it was erased, is too old, or the id is mistyped."), "look")
        return redirect(url_for("predict.index", _anchor="find-answer"))
    return redirect(url_for("predictions.show", request_id=found))


@blueprint.get("/predict/<request_id>")
@access("user")
def show(request_id: str) -> ResponseReturnValue:
    """What was answered, and what turned out to be true; `?row=` chooses among several rows."""
    return _render(request_id, _read_row(request.args.get("row", "1")), None)


@blueprint.post("/predict/<request_id>/truth")
@access("user")
def tell(request_id: str) -> ResponseReturnValue:
    """Record what turned out to be true, correct it, or take it back."""
    form, number = TruthForm(), _read_row(request.form.get("row", "1"))
    found = find_request(reading(), read_request_id(request_id) or "", number)
    if found is None or not found.rows:
        abort(404)
    if not form.offer(found.classes, current_spec(), language()).validate():
        return _render(request_id, number, form), 422
    try:
        record_truth(current_store(), found.id, number, form.truth.data or None, _user(), now_ms())
        forget_standings()
    except (NoSuchRowError, NoSuchClassError):
        abort(404)
    flash(_("The true result is kept.") if form.truth.data else _("No true result is kept any more."), "done")
    return redirect(url_for("predictions.show", request_id=found.id, row=number), 303)


@blueprint.get("/admin/predictions")
@access("admin")
def index() -> ResponseReturnValue:
    """How much the log holds, and one request that is looked for by its id."""
    return _render_log(EraseForm(formdata=None))


@blueprint.post("/admin/predictions/<request_id>/export")
@access("admin")
def export(request_id: str) -> ResponseReturnValue:
    """Hand out all that the log holds of a request, which is noted."""
    found = export_request(current_store(), read_request_id(request_id) or "", _user().name, now_ms())
    if found is None:
        abort(404)
    headers = {"Content-Disposition": f'attachment; filename="prediction-{found.id}.json"', "Cache-Control": "no-store"}
    return Response(json.dumps(describe_request(found), indent=1), mimetype="application/json", headers=headers)


@blueprint.post("/admin/predictions/<request_id>/erase")
@access("admin")
def erase(request_id: str) -> ResponseReturnValue:
    """Erase a request for good, which is noted."""
    form, found = EraseForm(), read_request_id(request_id)
    if found is None or find_size(reading(), found) is None:
        abort(404)
    if not form.validate():
        return _render_log(form, found), 422
    rows = erase_request(current_store(), found, _user().name, now_ms()) or 0
    forget_standings()
    flash(ngettext("The request was erased: %(num)s row.", "The request was erased: %(num)s rows.", rows), "done")
    return redirect(url_for("predictions.index"), 303)


def _render(request_id: str, number: int, form: TruthForm | None) -> str:
    found = find_request(reading(), read_request_id(request_id) or "", number)
    if found is None:
        abort(404)
    size = find_size(reading(), found.id) or 0
    if form is None:
        truth = found.rows[0].truth if found.rows else None
        form = TruthForm(formdata=None, data={"row": str(number), "truth": truth.value if truth else ""})
        form.offer(found.classes, current_spec(), language())
    return render_page("predictions/show.html", show_truth(found, size, number, form, current_spec(), language()))


def _render_log(erase: EraseForm, found: str = "") -> str:
    asked = found or request.args.get("id", "").strip()
    return render_page("predictions/index.html", show_log(reading(), current_settings(), asked, erase))


def _read_row(text: str) -> int:
    """The number of a row; what is none is row 0, which no request has."""
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_ROW))
    return int(text) if is_number and int(text) <= LARGEST_ROW else 0


def _user() -> User:
    found = current_user()
    return found or abort(403)
