"""An audit as JSON: what its page says, with the numbers behind it."""

from __future__ import annotations

from typing import Any

from ml.examination.audit import AuditReport
from ml.results import to_json
from webapp.audit.findings import find_verdict, show_audit


def document_audit(report: AuditReport) -> dict[str, Any]:
    """The whole audit: the verdict, each finding with its words and its evidence, and the checks."""
    view = show_audit(report)
    whole = to_json(report)
    findings = [
        found | {"title": said.title, "what": said.what, "advice": said.advice}
        for found, said in zip(whole["findings"], view.findings, strict=True)
    ]
    checks = [check | {"name": said.name} for check, said in zip(whole["checks"], view.checks, strict=True)]
    return {"verdict": find_verdict(report) or None, **whole, "findings": findings, "checks": checks}
