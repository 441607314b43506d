"""What somebody chooses of a new token."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import Field, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.accounts.api_tokens.scopes import SCOPES, describe_scope
from webapp.accounts.names import normalise_name

LONGEST_NAME = 100
LIFETIMES = (7, 30, 90, 365)
USUAL = 90


class ScopesField(SelectMultipleField):
    """Several scopes, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def check_name(_form: FlaskForm, field: Field) -> None:
    """Refuse a name that could not be shown."""
    if not field.data.isprintable():
        raise ValidationError(_("Use letters, digits and signs only."))


class TokenForm(FlaskForm):
    """A token's name, what it may do, and for how long."""

    name = StringField(
        _("Name"),
        filters=[lambda raw: normalise_name(raw) if raw else raw],
        validators=[
            DataRequired(_("Say what the token is for.")),
            Length(1, LONGEST_NAME, _("Use at most %(longest)s letters, digits and signs.", longest=LONGEST_NAME)),
            check_name,
        ],
        render_kw={"autocomplete": "off", "maxlength": LONGEST_NAME},
    )
    scopes = ScopesField(_("May"), default=("predict", "read"), validators=[InputRequired(_("Tick at least one."))])
    days = SelectField(_("Good for"), coerce=int, default=USUAL)

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        self.scopes.choices = [(scope, describe_scope(scope)) for scope in SCOPES]
        self.days.choices = [(days, ngettext("%(num)s day", "%(num)s days", days)) for days in LIFETIMES]
