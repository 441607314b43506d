"""An answer by its link, with all that stands beside it, and the form with an answer kept for comparison."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

from flask import request
from flask.typing import ResponseReturnValue

from ml.serve.contract import Row
from webapp.champion import Champion, Served, find_served
from webapp.clock import now_ms
from webapp.current import current_spec
from webapp.predict.answering import Asker, answer_caller, predict
from webapp.predict.explained.links import LinkError, SavedAnswer, fit_row, unseal
from webapp.predict.explained.pages import Extras
from webapp.predict.explained.surroundings import find_kept, surround_saved
from webapp.predict.forms import fill_in, find_form
from webapp.predict.routes import blueprint
from webapp.predict.standing import find_standing
from webapp.predict.views import say_answer, show_prediction
from webapp.predictions.values import AnsweredRequest, Channel
from webapp.rendering import language, render_page
from webapp.security import access
from webapp.store.session import reading

__all__ = ["blueprint"]


@blueprint.get("/predict/answer/<token>")
@access("reader")
def saved(token: str) -> ResponseReturnValue:
    """Show the answer to the row in the link, and why, what if and like this one."""
    served, spec = find_served(reading()), current_spec()
    try:
        found = unseal(token, spec)
    except LinkError as error:
        return _refuse(served, error)
    if served.champion is None:
        return _render(served, None, Extras())
    extras = surround_saved(
        served.champion,
        token,
        found,
        with_sensitive=request.args.get("sensitive") == "1",
        beside=request.args.get("beside", ""),
    )
    return _render(served, found, extras, is_answered=True)


@blueprint.get("/predict/keep/<token>")
@access("reader")
def keep(token: str) -> ResponseReturnValue:
    """Show the form filled in with the kept row, ready for another one to compare."""
    served = find_served(reading())
    try:
        found = unseal(token, current_spec())
    except LinkError as error:
        return _refuse(served, error)
    return _render(served, found, Extras(kept=find_kept(token)))


def _answer_again(champion: Champion, row: Row, found: SavedAnswer) -> AnsweredRequest:
    """Show what is in the log already; another version's is a new answer, and goes there first."""
    if champion.version.version != found.version:
        return answer_caller(champion, [row], Channel.FORM).request
    return replace(predict(champion, [row], Asker(Channel.FORM), now_ms()), id=found.request_id)


def _refuse(served: Served, error: LinkError) -> ResponseReturnValue:
    status = HTTPStatus.GONE if error.is_past else HTTPStatus.NOT_FOUND
    return _render(served, None, Extras(trouble=str(error))), status


def _render(served: Served, found: SavedAnswer | None, extras: Extras, *, is_answered: bool = False) -> str:
    spec, champion = current_spec(), served.champion
    form = answer = standing = None
    if champion:
        columns = champion.predictor.columns
        row = fit_row(found, [column.name for column in columns]) if found else None
        form = find_form(spec, columns, language())(data=fill_in(row, spec)) if row else None
        standing = find_standing(reading(), champion.version, language())
        if found and row and is_answered:
            answer = say_answer(_answer_again(champion, row, found), spec, language())
    page = show_prediction(served, spec, language(), form, standing, answer)
    return render_page("predict/index.html", replace(page, extras=extras))
