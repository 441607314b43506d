"""What the decision rules were found to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ml.results import Difference, Estimate


@dataclass(frozen=True)
class RuleFigures:
    """What one decision rule makes of the probabilities, by metric."""

    rule: str
    metrics: Mapping[str, Estimate]
    differences: Mapping[str, Difference]
    """This rule minus argmax, on the same folds; empty for argmax itself."""


@dataclass(frozen=True)
class RulesReport:
    """Every rule that suits the target, on the same out-of-fold probabilities; the run answers by `chosen`."""

    chosen: str
    rules: tuple[RuleFigures, ...]
