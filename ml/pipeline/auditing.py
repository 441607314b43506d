"""What somebody else made, examined."""

from __future__ import annotations

from ml.examination.audit import AuditReport, AuditRequest
from ml.results import Report, ignore_progress


def audit_files(request: AuditRequest, report: Report = ignore_progress) -> AuditReport:
    """Examine a table, predictions or a claim that somebody else made.

    Raises
    ------
    AuditInputError
        For what cannot be read; the message names a file without the folder that it lies in.
    """
    from ml.audit.errors import AuditInputError
    from ml.audit.table import audit_table

    try:
        return audit_table(request, report)
    except AuditInputError as error:
        message = str(error)
        for path in (request.table, request.predictions, request.training):
            message = message.replace(str(path), path.name) if path else message
        raise AuditInputError(message) from None
