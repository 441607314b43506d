"""What a family of models is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ml.spec import DatasetSpec, Kind

_CANDIDATES = 16


@dataclass(frozen=True)
class Family:
    """A named way to build an unfitted pipeline, whose last step is called `model`."""

    name: str
    build: Callable[[DatasetSpec, int], Any]
    """From a spec and a seed, which fixes all that is random."""
    is_baseline: bool = False
    """Whether other families are held against this one."""
    space: Mapping[str, Any] = field(default_factory=dict)
    """What a search varies: parameter of the pipeline → values or a SciPy distribution. Empty: nothing to search."""
    candidates: int = _CANDIDATES
    """How many points of `space` a search tries."""
    needs_order: bool = False
    """Whether it takes the classes of the target to be in order, worst to best."""
    uncalibrated: Family | None = None
    """Where this one is calibrated, the family without that."""
    unsearched: Family | None = None
    """Where this one searches its settings, the family without that."""

    def suits(self, spec: DatasetSpec) -> bool:
        """Whether the family makes sense for the target of `spec`: two classes are always in order."""
        is_ordered = spec.target.kind is Kind.ORDINAL or len(spec.target.categories) <= 2  # noqa: PLR2004
        return is_ordered or not self.needs_order
