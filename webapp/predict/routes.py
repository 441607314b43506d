"""`/predict`."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from webapp.champion import find_served
from webapp.current import current_spec
from webapp.predict.answering import answer_caller
from webapp.predict.explained.pages import Extras
from webapp.predict.explained.surroundings import find_kept, surround_answer
from webapp.predict.forms import find_form, read_row
from webapp.predict.standing import find_standing
from webapp.predict.views import say_answer, show_prediction
from webapp.predictions.values import Channel
from webapp.rendering import language, render_page
from webapp.security import access
from webapp.store.session import reading

blueprint = Blueprint("predict", __name__)


@blueprint.route("/predict", methods=["GET", "POST"])
@access("reader")
def index() -> ResponseReturnValue:
    """Show the form; answer it when it is sent."""
    spec, served = current_spec(), find_served(reading())
    if served.champion is None:
        return render_page("predict/index.html", show_prediction(served, spec, language(), None))
    standing = find_standing(reading(), served.champion.version, language())
    if request.method == "GET":
        return render_page("predict/index.html", show_prediction(served, spec, language(), None, standing))
    form = find_form(spec, served.champion.predictor.columns, language())()
    if not form.validate():
        page = show_prediction(served, spec, language(), form, standing)
        page = replace(page, extras=Extras(kept=find_kept(request.form.get("kept", ""))))
        return render_page("predict/index.html", page), HTTPStatus.UNPROCESSABLE_ENTITY
    row = read_row(form, spec)
    answered = answer_caller(served.champion, [row], Channel.FORM).request
    answer = say_answer(answered, spec, language())
    page = show_prediction(served, spec, language(), form, standing, answer)
    extras = surround_answer(served.champion, row, answered, find_kept(request.form.get("kept", "")))
    return render_page("predict/index.html", replace(page, extras=extras))
