"""What was learned from all rows before they were split."""

from __future__ import annotations

import numpy as np

from ml.audit.matrix import Cells, Floats, Matrix
from ml.examination.audit import Finding

_TOLERANCE = 1e-7
_LEAST_LEVELS = 3
_LEAST_ROWS = 20


def check_fitted(matrix: Matrix, leave_out: tuple[str, ...]) -> tuple[Finding, ...] | None:
    """Find numeric columns that were scaled, or turned into components, over all rows together.

    A mean of 0 with a deviation of 1 to seven digits is no accident, and neither are columns that are all centred and
    without any correlation (K. Pearson, On lines and planes of closest fit, Philosophical Magazine 2, 1901). None where
    there is no column of numbers.
    """
    numeric = [cells for cells in matrix.without(leave_out) if cells.numbers is not None]
    if not numeric or matrix.rows < _LEAST_ROWS:
        return None
    found = []
    scaled = tuple(cells.name for cells in numeric if _is_scaled(_known(cells)))
    if scaled:
        found.append(Finding("scaled", "warning", scaled))
    whole = [_known(cells) for cells in numeric if cells.is_known.all() and cells.levels >= _LEAST_LEVELS]
    if len(whole) >= 2 and len(whole) < matrix.rows and _is_rotated(np.column_stack(whole)):  # noqa: PLR2004
        found.append(Finding("rotated", "warning", (), {"columns": len(whole)}))
    return tuple(found)


def _known(cells: Cells) -> Floats:
    assert cells.numbers is not None  # noqa: S101 - for mypy: the caller chose numbers
    return cells.numbers[cells.is_known]


def _is_scaled(values: Floats) -> bool:
    if values.size < _LEAST_ROWS or not (values % 1).any():  # as many −1 as 1 are scaled by nature
        return False
    is_one = min(abs(values.std() - 1), abs(values.std(ddof=1) - 1)) < _TOLERANCE
    return bool(abs(values.mean()) < _TOLERANCE and is_one)


def _is_rotated(X: Floats) -> bool:
    deviation = X.std(axis=0)
    if not (np.abs(X.mean(axis=0)) < _TOLERANCE * deviation).all():
        return False
    scaled = X / deviation
    return bool((np.abs(scaled.T @ scaled / len(X) - np.eye(X.shape[1])) < _TOLERANCE).all())
