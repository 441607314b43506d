"""The forms about answers that were logged."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.validators import DataRequired

from ml.spec import DatasetSpec

UNKNOWN = ""


class TruthForm(FlaskForm):
    """What turned out to be true of a row."""

    row = HiddenField()
    truth = SelectField(_("The true result was"))

    def offer(self, classes: tuple[str, ...], spec: DatasetSpec, language: str) -> TruthForm:
        """Offer the classes that the model answers, and that nothing is known."""
        self.truth.choices = [(UNKNOWN, str(_("Not known"))), *name_classes(classes, spec, language)]
        return self


class EraseForm(FlaskForm):
    """That somebody means it."""

    sure = BooleanField(_("Erase it for good"), validators=[DataRequired(_("Tick this to erase the request."))])


def name_classes(classes: tuple[str, ...], spec: DatasetSpec, language: str) -> list[tuple[str, str]]:
    """Each class with its label; one that the spec no longer has goes by its name."""
    known = set(spec.target.categories)
    return [(name, spec.target.label_of(name, language) if name in known else name) for name in classes]
