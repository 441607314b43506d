"""The questions of the form as they stand on the page, each drawn once: they are the same for all who answer the same.

What may be answered is a list, so that there are only so many of them; what somebody typed, and what is wrong with an
answer, is drawn each time.
"""

from __future__ import annotations

from flask import render_template
from markupsafe import Markup
from wtforms import Field, SelectField

from ml.spec import Column, DatasetSpec
from webapp.predict.forms import PREFIX, PredictionForm


def draw_questions(
    form_class: type[PredictionForm], form: PredictionForm | None, spec: DatasetSpec, language: str
) -> tuple[Markup, ...]:
    """Draw every question with what a form holds, or unanswered where there is none."""
    names = ((PREFIX + str(place), column) for place, column in enumerate(spec.features))
    asked = [(name, column) for name, column in names if hasattr(form_class, name)]
    if form is None:
        kept = [form_class.drawn.get((name, None)) for name, _column in asked]
        if None not in kept:
            return tuple(drawn for drawn in kept if drawn is not None)
        form = form_class()
    return tuple(_draw(form_class, form[name], column, language) for name, column in asked)


def _draw(form_class: type[PredictionForm], item: Field, column: Column, language: str) -> Markup:
    is_listed = isinstance(item, SelectField) and any(choice.value == item.data for choice in item.choices)
    if item.errors or not (is_listed or (item.data is None and not item.raw_data)):
        return _draw_anew(item, column, language)
    key = item.name, item.data
    if key not in form_class.drawn:
        form_class.drawn[key] = _draw_anew(item, column, language)
    return form_class.drawn[key]


def _draw_anew(item: Field, column: Column, language: str) -> Markup:
    words = {
        "help": column.help.in_language(language) if column.help else "",
        "why": column.why_sensitive.in_language(language) if column.why_sensitive else "",
    }
    return Markup(render_template("predict/question.html", item=item, **words))  # noqa: S704 - our own
