"""What may be examined: a table, predictions of its rows, and a claim, in any combination that makes sense."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import Field, SelectField, StringField, ValidationError
from wtforms.validators import Length

from webapp.admin.forms import WholeNumberField
from webapp.jobs.uploads import Upload
from webapp.scores import describe_metric

METRICS = ("accuracy", "balanced_accuracy", "f1_macro", "f1_weighted", "precision_macro", "recall_macro")
"""Those that are a share of something, so that a claim can be possible or not."""
TABLES = (".csv", ".arff", ".parquet", ".pq")
FILES = ("table", "predictions", "training")
LARGEST_COUNT = 1_000_000_000


def check_kind(_form: FlaskForm, field: Field) -> None:
    """Refuse a file that no reader of tables can read."""
    if field.data and Path(field.data.filename or "").suffix.lower() not in TABLES:
        raise ValidationError(_("Choose a file whose name ends in .csv, .arff or .parquet."))


def check_share(_form: FlaskForm, field: Field) -> None:
    """Refuse what is no share of something."""
    if field.data and read_share(field.data) is None:
        raise ValidationError(_("Type a share from 0 to 1, such as 0.85, or a percentage with its sign, such as 85 %."))


def check_count(_form: FlaskForm, field: Field) -> None:
    """Refuse what is no count; nothing typed is none."""
    if any(typed.strip() for typed in field.raw_data or ()) and not 1 <= (field.data or 0) <= LARGEST_COUNT:
        raise ValidationError(_("Type a whole number, 1 or more."))


def read_share(text: str) -> Decimal | None:
    """The share that somebody typed, with the digits that they gave: `0.9926`, `0,9926` or `99.26 %`."""
    stripped = text.strip().replace(",", ".")
    is_percentage = stripped.endswith("%")
    try:
        value = Decimal(stripped.removesuffix("%").strip())
    except InvalidOperation:
        return None
    share = value.scaleb(-2) if is_percentage else value
    return share if share.is_finite() and 0 <= share <= 1 else None


def _strip(text: str | None) -> str:
    return (text or "").strip()


class AuditForm(FlaskForm):
    """What somebody wants examined."""

    table = FileField(_("Table"), validators=[check_kind], render_kw={"accept": ",".join(TABLES)})
    target = StringField(
        _("Column with the class"),
        filters=[_strip],
        validators=[Length(max=200, message=_("Use at most 200 characters."))],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    predictions = FileField(_("Predictions"), validators=[check_kind], render_kw={"accept": ".csv,.parquet"})
    training = FileField(_("Rows it was trained on"), validators=[check_kind], render_kw={"accept": ",".join(TABLES)})
    metric = SelectField(_("Metric"), default="accuracy")
    value = StringField(
        _("Value"), filters=[_strip], validators=[check_share], render_kw={"autocomplete": "off", "maxlength": "40"}
    )
    rows = WholeNumberField(_("On how many rows"), validators=[check_count], render_kw={"inputmode": "numeric"})
    tried = WholeNumberField(
        _("Best of how many that were tried"), validators=[check_count], render_kw={"inputmode": "numeric"}
    )

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        self.metric.choices = [(name, describe_metric(name)[0]) for name in METRICS]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each field, then whether they make sense together."""
        is_well = bool(super().validate(extra_validators))
        for field, wrong in self._find_gaps():
            field.errors = [*field.errors, wrong]
            is_well = False
        return is_well

    def _find_gaps(self) -> Iterator[tuple[Field, str]]:
        """What one field needs of another."""
        if not self.table.data and not self.value.data:
            yield self.table, gettext("Choose a table, or type the value of a claim.")
        if self.table.data and not self.target.data:
            yield self.target, gettext("Name the column that holds the class, as the table's header has it.")
        if self.value.data and not self.table.data and not self.rows.data and not self.rows.errors:
            yield self.rows, gettext("Say on how many rows: a claim without a table can be held against nothing else.")
        for role in ("predictions", "training"):
            if self[role].data and not self.table.data:
                yield self.table, gettext("Choose the table that the other files belong to.")
                return

    @property
    def files(self) -> dict[str, Upload]:
        """The files that were chosen, by what they are."""
        return {role: self[role].data for role in FILES if self[role].data}

    @property
    def params(self) -> dict[str, Any]:
        """The job's parameters: what was given, and what its title is about."""
        names = {role: Path(file.filename or role).name for role, file in self.files.items()}
        claim = {"metric": self.metric.data, "value": str(read_share(self.value.data))} if self.value.data else {}
        about = names.get("table") or f"{describe_metric(self.metric.data)[0]} {self.value.data}"
        given = {"target": self.target.data, "rows": self.rows.data, "tried": self.tried.data}
        return {"about": about} | names | claim | {name: value for name, value in given.items() if value}
