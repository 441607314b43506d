"""`/predict`."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from webapp.champion import find_served
from webapp.current import current_settings, current_spec
from webapp.predict.explained.pages import Extras
from webapp.predict.explained.surroundings import find_kept, surround_answer
from webapp.predict.forms import make_form, read_row
from webapp.predict.views import answer_row, show_prediction
from webapp.rendering import language, render_page
from webapp.security import access
from webapp.store.session import reading

blueprint = Blueprint("predict", __name__)


@blueprint.route("/predict", methods=["GET", "POST"])
@access("reader")
def index() -> ResponseReturnValue:
    """Show the form; answer it when it is sent."""
    spec, root, served = current_spec(), current_settings().artifact_roots, find_served(reading())
    if served.champion is None:
        return render_page("predict/index.html", show_prediction(served, spec, root, language(), None))
    form = make_form(spec, served.champion.predictor.columns, language())
    if request.method == "GET":
        return render_page("predict/index.html", show_prediction(served, spec, root, language(), form))
    if not form.validate():
        page = show_prediction(served, spec, root, language(), form)
        page = replace(page, extras=Extras(kept=find_kept(request.form.get("kept", ""))))
        return render_page("predict/index.html", page), HTTPStatus.UNPROCESSABLE_ENTITY
    row = read_row(form, spec)
    page = show_prediction(served, spec, root, language(), form, answer_row(served.champion, row, spec, language()))
    extras = surround_answer(served.champion, row, find_kept(request.form.get("kept", "")))
    return render_page("predict/index.html", replace(page, extras=extras))
