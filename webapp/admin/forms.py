"""What an admin may choose of a training."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange, ValidationError
from wtforms.widgets import TextInput

from ml.families import BASELINES, CALIBRATIONS, DEFAULT_FAMILY, FAMILY_NAMES
from ml.rules import DEFAULT_RULE, suited_rules
from ml.spec import Kind
from webapp.current import current_spec
from webapp.runs.sentences import describe_calibration, describe_family, describe_rule, explain_rule

LARGEST_SEED = 2**31 - 1


class WholeNumberField(IntegerField):
    """A whole number, typed as text: of what is no number a number field would show nothing again."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number; what is none is left to the validators, which name the range."""
        typed = valuelist[0].strip() if valuelist else ""
        is_number = typed.isascii() and typed.isdigit() and len(typed) <= len(str(LARGEST_SEED))
        self.data = int(typed) if is_number else None


def between(low: int, high: int) -> list[object]:
    wrong = _("Type a whole number from %(low)s to %(high)s.", low=low, high=high)
    return [InputRequired(wrong), NumberRange(low, high, wrong)]


def _or_default(rule: str | None) -> str:
    """The rule that is meant where none is sent."""
    return rule or DEFAULT_RULE


class RetrainForm(FlaskForm):
    """A training request, as a person makes it."""

    family = SelectField(_("Family"), validators=[InputRequired(_("Choose a family."))])
    folds = WholeNumberField(_("Folds"), default=5, validators=between(2, 20), render_kw={"inputmode": "numeric"})
    repeats = WholeNumberField(_("Repeats"), default=10, validators=between(1, 50), render_kw={"inputmode": "numeric"})
    seed = WholeNumberField(
        _("Seed"), default=582, validators=between(0, LARGEST_SEED), render_kw={"inputmode": "numeric"}
    )
    rule = SelectField(_("Answer"), default=DEFAULT_RULE, filters=[_or_default])
    calibration = SelectField(_("Calibration"), default="none")
    with_sensitive = BooleanField(_("Learn from the sensitive columns too"), default=True)
    is_tuned = BooleanField(_("Search the family’s settings within every fold"), default=False)
    drop_repeats = BooleanField(_("Leave repeated rows out"), default=False)

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        self.family.choices = [(name, describe_family(name)) for name in FAMILY_NAMES]
        rules = suited_rules(is_ordinal=current_spec().target.kind is Kind.ORDINAL)
        self.rule.choices = [(name, f"{describe_rule(name)}: {explain_rule(name)}") for name in rules]
        self.calibration.choices = [(name, describe_calibration(name)) for name in CALIBRATIONS]
        if not self.is_submitted():
            self.family.data = self.family.data or DEFAULT_FAMILY

    def validate_calibration(self, field: SelectField) -> None:
        """See that no baseline is calibrated, which others are held against as it is, and nothing that is searched."""
        if field.data != "none" and self.is_tuned.data:
            raise ValidationError(_("Either search the settings or calibrate: choose none, or leave the search out."))
        if field.data != "none" and self.family.data in BASELINES:
            raise ValidationError(_("A baseline is not calibrated: choose none, or another family."))
