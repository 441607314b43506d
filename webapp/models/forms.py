"""The form that promotes a version."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import DataRequired, InputRequired, Length


class PromoteForm(FlaskForm):
    """Which version, and why."""

    version = IntegerField(_("Version"), validators=[InputRequired(_("Choose a version."))])
    reason = StringField(
        _("Why"),
        validators=[DataRequired(_("Write why, so that others can follow the decision.")), Length(max=500)],
    )
    despite_audit = BooleanField(_("Promote although the audit failed"))
