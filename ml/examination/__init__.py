"""What an examination found of one run, as frozen values that the web process reads back from JSON.

One module a subject; neither numpy nor pandas is imported here.
"""

from __future__ import annotations

from dataclasses import dataclass

from ml.examination.audit import AuditReport
from ml.examination.people import People
from ml.examination.sure import Sure


@dataclass(frozen=True)
class Examination:
    """Every part that was examined; one that was not, or that an older Proctor did not know, is None."""

    audit: AuditReport | None = None
    sure: Sure | None = None
    people: People | None = None
