"""What an examination found of one run, as frozen values that the web process reads back from JSON.

One module a subject; neither numpy nor pandas is imported here.
"""

from __future__ import annotations

from dataclasses import dataclass

from ml.examination.audit import AuditReport
from ml.examination.curves import Curves
from ml.examination.people import People
from ml.examination.reasons import Reasons
from ml.examination.reproduction import Reproduction
from ml.examination.rules import RulesReport
from ml.examination.sure import Sure


@dataclass(frozen=True)
class Examination:
    """Every part that was examined; one that was not, or that an older Proctor did not know, is None."""

    audit: AuditReport | None = None
    curves: Curves | None = None
    reasons: Reasons | None = None
    people: People | None = None
    reproduction: Reproduction | None = None
    """What came of making another run again, where that is what this run is."""
    sure: Sure | None = None
    rules: RulesReport | None = None
