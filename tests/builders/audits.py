"""What an audit may find."""

from __future__ import annotations

from ml.examination.audit import AuditReport, Check, Finding

LEAK = Finding("target_copy", "cheat", ("Caste",), {"rows": 666.0})
SORTED = Finding("row_order", "note", (), {"agreement": 0.981, "chance": 0.271, "accuracy": 0.97})
STRONG = Finding("strong_column", "warning", ("Caste",), {"accuracy": 0.951, "majority": 0.315})
CHECKS = (Check("target"), Check("strength"), Check("order"), Check("twins"), Check("claim", "no_claim"))


def make_audit(*findings: Finding) -> AuditReport:
    """An audit of four checks, with a fifth that could not be made."""
    return AuditReport(
        checks=CHECKS,
        findings=findings,
        ceiling=0.976,
        best_low=0.42,
        best_high=0.6,
        rows=666,
        columns=11,
        classes=("Average", "Good", "Vg", "Excellent"),
    )
