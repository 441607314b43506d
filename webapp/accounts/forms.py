"""What people type to sign in or to become the first admin."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import Field, PasswordField, StringField
from wtforms.validators import InputRequired, StopValidation, ValidationError

from webapp.accounts.names import LONGEST_NAME, is_name_usable, normalise_name
from webapp.accounts.passwords import (
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    is_password_short,
    is_password_the_name,
)


def _normalised(raw: str | None) -> str | None:
    return normalise_name(raw) if raw else raw


def check_name(_form: FlaskForm, field: Field) -> None:
    """Refuse a name that could not be shown, or typed again."""
    if not is_name_usable(field.data):
        raise ValidationError(_("Use at most %(longest)s letters, digits and signs.", longest=LONGEST_NAME))


def check_length(_form: FlaskForm, field: Field) -> None:
    """Refuse what no account can have."""
    if len(field.data) > LONGEST_PASSWORD:
        raise StopValidation(_("A password has at most %(longest)s characters.", longest=LONGEST_PASSWORD))


def check_strength(form: FlaskForm, field: Field) -> None:
    """Refuse what is guessed first."""
    if is_password_short(field.data):
        raise ValidationError(_("Use at least %(shortest)s characters.", shortest=SHORTEST_PASSWORD))
    if is_password_the_name(form["name"].data or "", field.data):
        raise ValidationError(_("The password must not be the name."))


def check_repetition(form: FlaskForm, field: Field) -> None:
    """Refuse a second spelling that differs from the first."""
    if field.data != form["password"].data:
        raise ValidationError(_("The two passwords differ. Type both again."))


class SignInForm(FlaskForm):
    """A name and its password."""

    name = StringField(
        _("Name"),
        filters=[_normalised],
        validators=[InputRequired(_("Type the name of your account.")), check_name],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        _("Password"),
        validators=[InputRequired(_("Type your password.")), check_length],
        render_kw={"autocomplete": "current-password"},
    )


class SetupForm(FlaskForm):
    """The first admin's name, and a password twice."""

    name = StringField(
        _("Name"),
        filters=[_normalised],
        validators=[InputRequired(_("Choose a name to sign in with.")), check_name],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        _("Password"),
        validators=[InputRequired(_("Choose a password.")), check_length, check_strength],
        render_kw={"autocomplete": "new-password"},
    )
    repetition = PasswordField(
        _("The same password again"),
        validators=[InputRequired(_("Type the password again.")), check_repetition],
        render_kw={"autocomplete": "new-password"},
    )
