"""A list that is kept is the list that WTForms would draw."""

import html5lib
import pytest
from wtforms import Form, SelectChoice, SelectField
from wtforms.validators import InputRequired
from wtforms.widgets import Select

from webapp.predict.choices import KeptSelect

CHOICES = [SelectChoice(*pair) for pair in (("", "Choose"), ('a"b', "<A & B>"), ("á", "Á"), ("None", "none"))]


def draw(widget: Select, chosen: str | None, *, is_required: bool) -> str:
    validators = [InputRequired()] if is_required else []
    form = type("F", (Form,), {"field": SelectField(choices=CHOICES, validators=validators, widget=widget)})()
    form.field.data = chosen
    return html5lib.serialize(html5lib.parseFragment(form.field(**{"aria-describedby": "help", "class": "wide"})))


@pytest.mark.parametrize("is_required", [True, False])
@pytest.mark.parametrize("chosen", [*(choice.value for choice in CHOICES), None, "another", "<script>"])
def test_it_is_drawn_as_wtforms_draws_it(chosen: str | None, *, is_required: bool) -> None:
    kept, plain = (draw(widget, chosen, is_required=is_required) for widget in (KeptSelect(), Select()))
    assert kept == plain
