"""What is kept of the form shows what it would show if it were drawn anew, to whomever it is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import TYPE_CHECKING

import pytest
from flask_wtf.csrf import generate_csrf
from werkzeug.datastructures import MultiDict

from ml.serve.contract import PredictorColumn
from tests.builders.tables import second_spec
from webapp.predict.forms import NOT_KNOWN, PREFIX, PredictionForm, find_form
from webapp.predict.questions import draw_questions

if TYPE_CHECKING:
    from flask import Flask

SPEC = second_spec()
COLUMNS = tuple(PredictorColumn(column.name, str(column.kind), column.categories) for column in SPEC.features)
CHOICES = {PREFIX + str(i): column.categories for i, column in enumerate(SPEC.features) if column.categories}
NUMBER = next(PREFIX + str(i) for i, column in enumerate(SPEC.features) if not column.categories)
LIST = next(iter(CHOICES))


@pytest.fixture(autouse=True)
def _request(app: Flask) -> Iterator[None]:
    with app.test_request_context(method="POST"):
        yield


@pytest.fixture
def form_class(_request: None) -> type[PredictionForm]:
    return find_form(SPEC, COLUMNS, "en")


def draw(form_class: type[PredictionForm], answers: dict[str, str] | None = None, *, is_checked: bool = False) -> str:
    """Draw the form, unanswered or as it comes back with answers."""
    sent = None if answers is None else MultiDict(answers | {"csrf_token": generate_csrf()})
    form = None if sent is None else form_class(formdata=sent)
    if form and is_checked:
        form.validate()
    return "".join(draw_questions(form_class, form, SPEC, "en"))


def list_chosen(html: str) -> list[str]:
    return [unescape(value) for value in re.findall(r'<option selected value="([^"]*)"', html)]


@pytest.mark.parametrize("place", [0, -1])
def test_a_kept_list_has_chosen_what_was_chosen(form_class: type[PredictionForm], place: int) -> None:
    chosen = {name: categories[place] for name, categories in CHOICES.items()}
    for answers in (chosen, dict.fromkeys(CHOICES, NOT_KNOWN), chosen):
        assert list_chosen(draw(form_class, answers)) == list(answers.values())


def test_nobody_is_shown_what_somebody_else_chose(form_class: type[PredictionForm]) -> None:
    draw(form_class, {name: categories[0] for name, categories in CHOICES.items()} | {NUMBER: "warm"})
    asked = draw(form_class)
    assert list_chosen(asked) == []
    assert "warm" not in asked


def test_what_is_wrong_is_said_once_to_whom_it_concerns(form_class: type[PredictionForm]) -> None:
    asked = draw(form_class, {}, is_checked=True)
    assert asked.count("-error") > 0
    assert "-error" not in draw(form_class, {})
    assert "-error" not in draw(form_class)


def test_what_strangers_send_is_not_kept(form_class: type[PredictionForm]) -> None:
    draw(form_class, {LIST: CHOICES[LIST][0]})
    draw(form_class)
    kept = len(form_class.drawn)
    for number in range(20):
        shown = draw(form_class, {LIST: f"<i>{number}", NUMBER: str(number)})
        assert (list_chosen(shown), f'value="{number}"' in shown) == ([], True)
    assert len(form_class.drawn) == kept


def test_each_language_and_each_set_of_columns_has_questions_of_its_own(form_class: type[PredictionForm]) -> None:
    english = draw(form_class)
    spanish = "".join(draw_questions(find_form(SPEC, COLUMNS, "es"), None, SPEC, "es"))
    fewer = "".join(draw_questions(find_form(SPEC, COLUMNS[1:], "en"), None, SPEC, "en"))
    assert unescape(spanish).count(SPEC.features[0].label.es) == 1
    assert (fewer.count('name="column-'), english.count('name="column-')) == (len(COLUMNS) - 1, len(COLUMNS))
