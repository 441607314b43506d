"""What somebody sends: a file of rows, and what they want back."""

from __future__ import annotations

from pathlib import Path

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, Field, SelectChoice, SelectField, ValidationError

from ml.batch.requests import FORMS
from webapp.predict.files.actions import Sent

ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".parquet", ".pq")
FORM_NAMES = {"csv": "CSV", "xlsx": "Excel", "parquet": "Parquet"}


def check_file(_form: FlaskForm, field: Field) -> None:
    """Refuse nothing, and what no reader of ours can read."""
    if not field.data or not field.data.filename:
        raise ValidationError(_("Choose a file."))
    if Path(field.data.filename).suffix.lower() not in ENDINGS:
        raise ValidationError(_("Choose a file whose name ends in .csv, .xlsx or .parquet."))


class FileForm(FlaskForm):
    """A file to be answered."""

    file = FileField(_("File"), validators=[check_file], render_kw={"accept": ",".join(ENDINGS)})
    form = SelectField(_("Answers as"), choices=[SelectChoice(form, FORM_NAMES[form]) for form in FORMS], default="csv")
    skip_bad = BooleanField(_("Answer the good rows, even if others cannot be"))

    @property
    def sent(self) -> Sent:
        """What a valid form asks."""
        return Sent(self.file.data, self.form.data, bool(self.skip_bad.data))
