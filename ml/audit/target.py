"""The target among the features: whole, in pieces, or mixed into them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.special import gammaln

from ml.audit.matrix import Cells, Floats, Integers, Mask, Matrix
from ml.examination.audit import Finding

_KNOWN = 0.9
"""A column with more cells missing than the rest of this says too little to be sure."""
_LOG_CHANCE = np.log(1e-8)
_APART = 5.0
"""How many times wider than any class the gaps between classes are where a number is a code with noise on it."""
_EXACT = 1e-6
_LEAST_ROWS = 30


def check_target(matrix: Matrix) -> tuple[Finding, ...]:
    """Find columns that are one-to-one with the class, and those that the class settles.

    Such a fit is believed where labels dealt out at random to the same cells would show it less than once in 10⁸: of
    the n!/Π nᵥ! ways to deal, at most Kᵛ settle the v values of a column by K classes.
    """
    settled = [cells for cells in matrix.cells if _is_settled(cells, matrix)]
    copies = [cells.name for cells in settled if _is_spelled([cells], matrix)]
    copies += [cells.name for cells in matrix.cells if cells not in settled and _is_noisy_copy(cells, matrix)]
    pieces = [cells for cells in settled if cells.name not in copies]
    rows = {"rows": matrix.rows}
    found = [Finding("target_copy", "cheat", (name,), rows) for name in copies]
    if _is_spelled(pieces, matrix):
        found.append(Finding("target_pieces", "cheat", tuple(cells.name for cells in pieces), rows))
    else:
        found += [Finding("target_part", "warning", (cells.name,), rows) for cells in pieces]
    return tuple(found)


def check_mixture(matrix: Matrix, leave_out: tuple[str, ...]) -> tuple[Finding, ...] | None:
    """Find a weighted sum of numeric columns that gives some coding of the class exactly; None for too few numbers.

    The first canonical correlation between the columns and the indicators of the classes (Hotelling, Relations between
    two sets of variates, Biometrika 28, 1936) on every other row; where it is 1, the same sum has to give the coding of
    the class on the remaining rows to within 10⁻⁶ of its spread.
    """
    numeric = [c.numbers for c in matrix.without(leave_out) if c.numbers is not None and c.is_known.all()]
    numeric = [values for values in numeric if np.ptp(values) > 0]
    if len(numeric) < 2 or matrix.rows < max(_LEAST_ROWS, 6 * len(numeric)):  # noqa: PLR2004 - one is no mixture
        return None
    X = np.column_stack(numeric)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    first = np.random.default_rng(matrix.seed).permutation(matrix.rows) % 2 == 0
    share = _share_exact(X, np.eye(len(matrix.classes))[matrix.labels], first)
    if share < _KNOWN:
        return ()
    return (Finding("target_mixture", "cheat", (), {"columns": len(numeric), "share": share}),)


def _is_settled(cells: Cells, matrix: Matrix) -> bool:
    """Whether all rows of a class have the same value, of several, and that is no luck."""
    known = cells.is_known
    if cells.levels < 2 or cells.levels > len(matrix.classes) or known.mean() < _KNOWN:  # noqa: PLR2004
        return False
    table = _cross(cells, matrix, known)
    if int((table > 0).sum(axis=0).max()) > 1:
        return False
    values = table.sum(axis=1)
    ways = gammaln(values.sum() + 1) - gammaln(values + 1).sum()
    return bool(len(matrix.classes) * np.log(cells.levels) - ways < _LOG_CHANCE)


def _is_spelled(pieces: list[Cells], matrix: Matrix) -> bool:
    """Whether the classes differ from each other in these columns, each of which they settle."""
    if not pieces:
        return False
    spelled = {
        tuple(int(_cross(cells, matrix, cells.is_known)[:, label].argmax()) for cells in pieces)
        for label in np.flatnonzero(matrix.counts)
    }
    return len(spelled) == int((matrix.counts > 0).sum())


def _is_noisy_copy(cells: Cells, matrix: Matrix) -> bool:
    """Whether a number stands close around a point for each class, far from those of the others."""
    known = cells.is_known
    if cells.numbers is None or known.mean() < _KNOWN or matrix.present.min() < 3:  # noqa: PLR2004 - two rows show no width
        return False
    values, labels = cells.numbers[known], matrix.labels[known]
    present = np.unique(labels)
    ends = sorted((values[labels == label].min(), values[labels == label].max()) for label in present)
    widest = max(high - low for low, high in ends)
    gaps = [after[0] - before[1] for before, after in pairwise(ends)]
    return bool(gaps) and min(gaps) > _APART * widest


def _cross(cells: Cells, matrix: Matrix, known: Mask) -> Integers:
    table = np.zeros((cells.levels, len(matrix.classes)), dtype=np.int64)
    np.add.at(table, (cells.codes[known], matrix.labels[known]), 1)
    return table


def _share_exact(X: Floats, indicators: Floats, first: Mask) -> float:
    """Share of the rows that are not in `first` on which the sum found in those gives the class."""
    mean_x, mean_y = X[first].mean(axis=0), indicators[first].mean(axis=0)
    left, size, right = np.linalg.svd(X[first] - mean_x, full_matrices=False)
    kept = size > size[0] * 1e-10
    basis, spread, _ = np.linalg.svd(indicators[first] - mean_y, full_matrices=False)
    basis = basis[:, spread > spread[0] * 1e-10]
    u, correlation, _ = np.linalg.svd(left[:, kept].T @ basis, full_matrices=False)
    if correlation[0] < 1 - 1e-9:
        return 0.0
    direction = right[kept].T @ (u[:, 0] / size[kept])
    scores, *_ = np.linalg.lstsq(indicators[first], (X[first] - mean_x) @ direction, rcond=None)
    found, wanted = (X[~first] - mean_x) @ direction, indicators[~first] @ scores
    return float((np.abs(found - wanted) < _EXACT * np.std(wanted)).mean())
