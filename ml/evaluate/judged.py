"""A family as it was evaluated, and a way to ask it again on other rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.evaluate.cross_validation import align_probabilities
from ml.evaluate.splits import find_groups
from ml.results import OutOfFold, Report
from ml.rules import DEFAULT_RULE
from ml.spec import DatasetSpec
from ml.train import Family, fit_pipeline

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Judged:
    """A family, what it was evaluated on, and what it said of each row while it was held out."""

    family: Family
    table: pd.DataFrame
    spec: DatasetSpec
    out_of_fold: OutOfFold
    seed: int
    report: Report
    rule: str = DEFAULT_RULE
    """By which the class that is answered is chosen."""

    @property
    def raw(self) -> Family:
        """The family before any calibration."""
        return self.family.uncalibrated or self.family

    @property
    def folds(self) -> int:
        """Folds a repeat."""
        return int(self.out_of_fold.fold.max()) + 1

    @cached_property
    def groups(self) -> Integers:
        """Rows of one group have equal features."""
        return find_groups(self.table[list(self.spec.feature_names)])

    def predict_fold(self, repeat: int, test: Integers) -> Floats:
        """Return what `raw`, fitted to all rows but those of the fold `test`, says of these: asked anew if need be."""
        if self.family.uncalibrated is None:
            held_out: Floats = self.out_of_fold.probabilities[repeat][test]
            return held_out
        return self.predict(np.setdiff1d(np.arange(len(self.table)), test), test)

    def predict(self, train: Integers, test: Integers) -> Floats:
        """Return what `raw`, fitted to the rows `train`, says of the rows `test`."""
        pipeline = fit_pipeline(self.raw, self.table.iloc[train], self.spec, self.seed)
        found = pipeline.predict_proba(self.table.iloc[test][list(self.spec.feature_names)])
        return align_probabilities(found, pipeline.classes_, self.spec.target.categories)
