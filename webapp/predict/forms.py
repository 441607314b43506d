"""The prediction form, made from the dataset's spec and the columns that the champion reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from flask import current_app
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import FloatField, SelectChoice, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from ml.serve.contract import Cell, PredictorColumn
from ml.spec import Column, DatasetSpec, Kind

NOT_KNOWN = "(not known)"
PREFIX = "column-"
_KEPT = "proctor_prediction_forms"
"""Where an app, which has one spec, keeps its forms by the columns that they ask for and the language."""


class PredictionForm(FlaskForm):
    """A form with one field a column; `drawn` are its questions by field and answer, once somebody has seen them."""

    drawn: ClassVar[dict[tuple[str, str | None], Markup]]


def find_form(spec: DatasetSpec, columns: Iterable[PredictorColumn], language: str) -> type[PredictionForm]:
    """Find the form that asks for these columns, in the spec's order, labelled in `language`."""
    read = frozenset(column.name for column in columns)
    kept: dict[tuple[frozenset[str], str], type[PredictionForm]] = current_app.extensions.setdefault(_KEPT, {})
    if (read, language) not in kept:  # to make one takes longer than to fill it in
        kept[read, language] = _make_class(spec, read, language)
    return kept[read, language]


def _make_class(spec: DatasetSpec, read: frozenset[str], language: str) -> type[PredictionForm]:
    fields: dict[str, Any] = {
        PREFIX + str(i): _numeric(column, language) if column.kind is Kind.NUMERIC else _choice(column, language)
        for i, column in enumerate(spec.features)
        if column.name in read
    }
    return type("PredictionForm", (PredictionForm,), fields | {"drawn": {}})


def fill_in(row: Mapping[str, Cell], spec: DatasetSpec) -> dict[str, Cell]:
    """Return what a form that `read_row` reads this row from would hold."""
    return {
        PREFIX + str(i): NOT_KNOWN if row[column.name] is None and column.kind is not Kind.NUMERIC else row[column.name]
        for i, column in enumerate(spec.features)
        if column.name in row
    }


def read_row(form: FlaskForm, spec: DatasetSpec) -> dict[str, Cell]:
    """Turn a valid form into a row for the predictor."""
    return {
        column.name: None if form[PREFIX + str(i)].data in {None, NOT_KNOWN} else form[PREFIX + str(i)].data
        for i, column in enumerate(spec.features)
        if PREFIX + str(i) in form
    }


def _choice(column: Column, language: str) -> SelectField:
    choices = [SelectChoice("", _("Choose…"))]
    choices += [SelectChoice(category, column.label_of(category, language)) for category in column.categories]
    choices.append(SelectChoice(NOT_KNOWN, _("Not known")))
    required = InputRequired(_("Choose an answer, or “Not known”."))
    return SelectField(column.label.in_language(language), choices=choices, validators=[required])


def _numeric(column: Column, language: str) -> FloatField:
    label = column.label.in_language(language)
    unit = f" ({column.unit.in_language(language)})" if column.unit else ""
    validators = [Optional(), NumberRange(column.low, column.high, _say_range(column))]
    return FloatField(label + unit, validators=validators, render_kw={"placeholder": _("empty if not known")})


def _say_range(column: Column) -> str:
    if column.low is not None and column.high is not None:
        return _("Write a number from %(low)g to %(high)g.", low=column.low, high=column.high)
    if column.low is not None:
        return _("Write a number of at least %(low)g.", low=column.low)
    if column.high is not None:
        return _("Write a number of at most %(high)g.", high=column.high)
    return _("Write a number.")
