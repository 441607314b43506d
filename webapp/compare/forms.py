"""What an admin may choose of a comparison."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from ml.families import BASELINES, FAMILY_NAMES
from webapp.admin.forms import LARGEST_SEED, WholeNumberField, between
from webapp.runs.sentences import describe_family

LONGEST = 1440
"""Minutes: a day."""


class TickedField(SelectMultipleField):
    """Several of a list, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class CompareForm(FlaskForm):
    """A comparison, as a person asks for it. The baselines are not offered, since they are always run."""

    families = TickedField(_("Families"), validators=[InputRequired(_("Tick at least one family."))])
    folds = WholeNumberField(_("Folds"), default=5, validators=between(2, 20), render_kw={"inputmode": "numeric"})
    repeats = WholeNumberField(_("Repeats"), default=10, validators=between(1, 50), render_kw={"inputmode": "numeric"})
    seed = WholeNumberField(
        _("Seed"), default=582, validators=between(0, LARGEST_SEED), render_kw={"inputmode": "numeric"}
    )
    budget = WholeNumberField(
        _("Budget, in minutes"),
        validators=[
            Optional(),
            NumberRange(1, LONGEST, _("Type a whole number from %(low)s to %(high)s.", low=1, high=LONGEST)),
        ],
        render_kw={"inputmode": "numeric"},
    )
    with_sensitive = BooleanField(_("Learn from the sensitive columns too"), default=True)
    drop_repeats = BooleanField(_("Leave repeated rows out"), default=False)

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **({"prefix": "compare-"} | options))
        offered = [name for name in FAMILY_NAMES if name not in BASELINES]
        self.families.choices = [(name, describe_family(name)) for name in offered]
        if not self.is_submitted():
            self.families.data = self.families.data or offered

    def request(self) -> Mapping[str, Any]:
        """What is asked for, as the parameters of a job."""
        return {
            "families": list(self.families.data),
            "folds": self.folds.data,
            "repeats": self.repeats.data,
            "seed": self.seed.data,
            "with_sensitive": self.with_sensitive.data,
            "drop_repeats": self.drop_repeats.data,
            "budget_minutes": self.budget.data,
        }
