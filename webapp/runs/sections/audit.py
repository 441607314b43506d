"""Does anything smell? What the audit of this run found, and what it looked at."""

from __future__ import annotations

from flask_babel import gettext as _

from ml.charts.reader import Reader
from webapp.audit.findings import show_audit
from webapp.runs.context import Context, Section


def show(context: Context) -> Section | None:
    """Lay out the audit, with columns and classes as pages call them."""
    audit = context.report.examination.audit
    return Section("audit", _("Audit"), show_audit(audit, _labels(context.reader))) if audit else None


def _labels(reader: Reader) -> dict[str, str]:
    columns = {column.name: reader.label(column.name) for column in reader.spec.columns}
    return dict(zip(reader.spec.target.categories, reader.class_labels, strict=True)) | columns
