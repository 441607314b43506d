"""What the audit is asked, what it looked at, and what it found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Severity = Literal["cheat", "warning", "note"]
"""`cheat`: the score is not what it claims. `warning`: look here. `note`: good to know."""

Verdict = Literal["clean", "look", "cheat"]
AUDIT_TAG = "proctor.audit"
"""The tag of a run, and of the version made of it, that says what came of its audit: a `Verdict`.

It outlives the run's artifacts: promotion asks the tag, not the report.
"""


@dataclass(frozen=True)
class Claim:
    """A published score: `value` in [0, 1] of a metric, on so many rows where that is said."""

    metric: str
    value: float
    rows: int | None = None


@dataclass(frozen=True)
class AuditRequest:
    """What somebody wants examined; a table needs its target, and a claim may come alone."""

    table: Path | None = None
    """CSV, ARFF or Parquet: the matrix that a model was trained on."""
    target: str = ""
    predictions: Path | None = None
    """CSV or Parquet: one line a row of `table`, with the class predicted, its probabilities, or both."""
    claim: Claim | None = None
    seed: int = 582
    training: Path | None = None
    """The rows that the model was fitted to, where `table` is what it was tested on."""
    tried: int = 1
    """Configurations among which the best was chosen."""


@dataclass(frozen=True)
class Finding:
    """One thing that a check found. `ml.audit.words` says what it means and what to do, by `check`."""

    check: str
    severity: Severity
    where: tuple[str, ...] = ()
    """Columns, classes or folds, as text; empty where it is about the whole."""
    evidence: Mapping[str, float | str] = field(default_factory=dict)
    """The numbers and names that the sentence fills in."""


@dataclass(frozen=True)
class Check:
    """A check by its code. `skipped` is the code of why it could not be made; empty where it was."""

    code: str
    skipped: str = ""


@dataclass(frozen=True)
class AuditReport:
    """All checks of one table or run."""

    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]
    """The worst first."""
    ceiling: float | None = None
    """Accuracy on these very rows that no function of the features can exceed."""
    best_low: float | None = None
    """Ends of the range in which the best possible accuracy on new rows lies, from twins (Cover and Hart, 1967)."""
    best_high: float | None = None
    rows: int = 0
    """Rows with a label; 0 where a claim came without a table."""
    columns: int = 0
    """Features."""
    classes: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The audit in a word: the worst finding decides, notes do not count."""
        found = {finding.severity for finding in self.findings}
        return "cheat" if "cheat" in found else "look" if "warning" in found else "clean"
