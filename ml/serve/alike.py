"""What became of the training rows that are like this one: counts of a group, never of a person.

Distance is Gower's (Biometrics 27, 1971) without his division by the number of columns: a category that differs counts
1, a number its distance in units of the range of the training rows. Nothing is counted of fewer than `FEWEST` rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.examination.people import FEWEST
from ml.serve.contract import PredictorColumn
from ml.serve.training_rows import TrainingRows

Floats = npt.NDArray[np.float64]

MOST_GROUPS = 2
_DIGITS = 9
_Z = 1.959964


@dataclass(frozen=True)
class Group:
    """The training rows within a distance: how many, and how many of each class. Distance 0 is the very same values."""

    distance: float
    rows: int
    counts: tuple[int, ...]

    def interval(self, place: int) -> tuple[float, float]:
        """Wilson's 95 % interval of the share of a class (J. Am. Stat. Assoc. 22, 1927)."""
        share, spread = self.counts[place] / self.rows, _Z**2 / self.rows
        middle, half = share + spread / 2, math.sqrt(spread * (share * (1 - share) + spread / 4))
        return max(0.0, (middle - half) / (1 + spread)), min(1.0, (middle + half) / (1 + spread))


@dataclass(frozen=True)
class Alike:
    """The nearest groups that are large enough, each within the next, and what became of all rows."""

    groups: tuple[Group, ...]
    everybody: Group
    is_sample: bool


def find_alike(cells: Floats, rows: TrainingRows, columns: Sequence[PredictorColumn]) -> Alike:
    """Widen the distance until enough rows are within it; a second group is given where it adds enough of them.

    Both groups, and what lies between them, have at least `FEWEST` rows: from the two nobody learns of fewer.
    """
    distances = np.round(_measure(cells, rows.cells, columns), _DIGITS)
    steps, places = np.unique(distances, return_inverse=True)
    counts = np.zeros((len(steps), rows.counts.shape[1]), dtype=np.int64)
    np.add.at(counts, places.reshape(-1), rows.counts)
    groups: list[Group] = []
    for step, within in zip(steps.tolist(), counts.cumsum(axis=0), strict=True):
        group = Group(step, int(within.sum()), tuple(within.tolist()))
        if group.rows - (groups[-1].rows if groups else 0) >= FEWEST:
            groups.append(group)
        if len(groups) == MOST_GROUPS:
            break
    total = rows.counts.sum(axis=0)
    everybody = Group(float(steps[-1]), int(total.sum()), tuple(total.tolist()))
    return Alike(tuple(groups), everybody, rows.is_sample)


def _measure(cells: Floats, others: Floats, columns: Sequence[PredictorColumn]) -> Floats:
    total = np.zeros(len(others))
    for place, column in enumerate(columns):
        total += _measure_one(cells[place], others[:, place], is_numeric=column.is_numeric)
    return total


def _measure_one(cell: float, others: Floats, *, is_numeric: bool) -> Floats:
    is_missing = np.isnan(others)
    if np.isnan(cell):
        return np.where(is_missing, 0.0, 1.0)
    if not is_numeric:
        return np.where(others != cell, 1.0, 0.0)
    present = others[~is_missing]
    span = float(np.ptp(present)) if len(present) else 0.0
    apart: Floats = np.abs(others - cell) / span if span else np.where(others != cell, 1.0, 0.0)
    within: Floats = np.where(is_missing, 1.0, np.minimum(apart, 1.0))
    return within
