"""The forms that change a version or a model, each with fields of its own names on a page that has several."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from webapp.models.actions import LONGEST_DESCRIPTION
from webapp.models.stages import LONGEST_ALIAS

LONGEST_REASON = 500
CSRF = "csrf_token"


def refuse_nothing(_form: FlaskForm, item: Field) -> None:
    """See that a text has no NUL in it, which no database keeps."""
    if "\0" in (item.data or ""):
        raise ValidationError(_("This text has a sign in it that cannot be kept (NUL). Type it anew."))


def why() -> StringField:
    """The field for the reason."""
    needed = DataRequired(_("Write why, so that others can follow the decision."))
    return StringField(_("Why"), validators=[needed, Length(max=LONGEST_REASON), refuse_nothing])


class ChangeForm(FlaskForm):
    """A change; `seen` is what stood there when the page was made."""

    seen = HiddenField()

    def __init__(self, code: str, **options: Any) -> None:
        super().__init__(**options)
        for item in self:
            if item.name != CSRF:
                item.id = item.label.field_id = f"{code}-{item.short_name}"

    def where(self, code: str) -> Field:
        """The field to which a refusal belongs."""
        return self[REFUSED_AT[code] if REFUSED_AT.get(code, "") in self else self.first]

    @property
    def first(self) -> str:
        """The field to which whatever else is wrong belongs."""
        return "reason" if "reason" in self else "text"


class ReasonForm(ChangeForm):
    """Why, and nothing else."""

    reason = why()


class PromoteForm(ChangeForm):
    """Why a version is to answer."""

    reason = why()
    despite_audit = BooleanField(_("Promote although the audit failed"))


class RetireForm(ChangeForm):
    """Why a version is to be retired."""

    reason = why()
    answer_nothing = BooleanField(_("Answer nothing until another version is promoted"))


class AliasForm(ChangeForm):
    """Which name is to point at a version, and why."""

    alias = StringField(_("Alias"), validators=[InputRequired(_("Type the alias.")), Length(max=LONGEST_ALIAS)])
    reason = why()


class UnaliasForm(ChangeForm):
    """Which name is to point at it no more, and why."""

    alias = SelectField(_("Alias"), validate_choice=False, validators=[InputRequired(_("Choose an alias."))])
    reason = why()


class DescribeForm(ChangeForm):
    """A text about a version or a model."""

    text = TextAreaField(_("Description"), validators=[Length(max=LONGEST_DESCRIPTION), refuse_nothing])


class DeleteForm(ChangeForm):
    """Why a version is to be deleted, and its name once more."""

    reason = why()
    typed = StringField(_("Type the version to be deleted"), render_kw={"autocomplete": "off"})


REFUSED_AT = {
    "audit_failed": "despite_audit",
    "champion_stays": "answer_nothing",
    "not_typed": "typed",
    "alias_empty": "alias",
    "alias_signs": "alias",
    "alias_long": "alias",
    "alias_reserved": "alias",
    "alias_stage": "alias",
    "alias_here": "alias",
    "alias_gone": "alias",
    "alias_champion": "alias",
}
"""The field at which a refusal is said; every other is said at the reason."""
