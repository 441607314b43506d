"""Rows whose order tells the class, and columns that carry it."""

from __future__ import annotations

import numpy as np

from ml.audit.matrix import Cells, Floats, Integers, Matrix
from ml.audit.rules import guess_by_number
from ml.examination.audit import Finding

_SURE = 5.0
_TOLD = 0.3
"""How far from chance towards certainty neighbours have to agree before a row number is called a cheat."""
_GAPS = 1.5
"""How many numbers, a row, an index may span: rows may have been dropped."""


def check_order(matrix: Matrix, index_columns: tuple[Cells, ...], fold: Integers) -> tuple[Finding, ...]:
    """Find classes that stand in blocks, and columns that carry the place in the file."""
    found = []
    agreement, chance, z = compare_neighbours(matrix.labels)
    evidence = {"agreement": agreement, "chance": chance}
    if _is_told(agreement, chance, z):
        found += [
            Finding("row_index", "cheat", (cells.name,), evidence)
            for cells in index_columns
            if goes_with_file(cells, matrix.position)
        ]
    if z > _SURE:
        accuracy = guess_by_number(matrix.position.astype(np.float64), matrix.labels, fold)
        found.append(Finding("row_order", "note", (), evidence | {"accuracy": accuracy}))
    return tuple(found)


def compare_neighbours(labels: Integers) -> tuple[float, float, float]:
    """Return how often neighbours have the same class, how often by chance, and how many deviations lie between.

    The runs test for several kinds: of n rows, nₖ of class k, shuffled, the number of runs has mean n + 1 − S₂/n and
    variance [S₂ (S₂ + n (n + 1)) − 2 n S₃ − n³] / (n² (n − 1)), with S₂ = Σ nₖ² and S₃ = Σ nₖ³ (D. Barton and F. David,
    Multiple runs, Biometrika 44, 1957; A. Wald and J. Wolfowitz, 1940, for two).
    """
    n, counts = labels.size, np.bincount(labels).astype(np.float64)
    squares, cubes = float((counts**2).sum()), float((counts**3).sum())
    runs = 1 + int((labels[1:] != labels[:-1]).sum())
    mean = n + 1 - squares / n
    variance = (squares * (squares + n * (n + 1)) - 2 * n * cubes - n**3) / (n**2 * (n - 1))
    z = (mean - runs) / np.sqrt(variance) if variance > 0 else 0.0
    return 1 - (runs - 1) / (n - 1), 1 - (mean - 1) / (n - 1), float(z)


def is_dense_index(cells: Cells) -> bool:
    """Whether a column has another number in every row, at equal steps but for some gaps."""
    if cells.numbers is None or not cells.is_known.all() or cells.levels < cells.codes.size:
        return False
    steps = np.diff(np.sort(cells.numbers))
    least = float(steps.min())
    multiples = steps / least
    return bool(
        np.allclose(multiples, np.round(multiples), rtol=1e-6, atol=1e-6)
        and multiples.sum() <= _GAPS * cells.codes.size
    )


def goes_with_file(index: Cells, position: Integers) -> bool:
    """Whether the numbers rise, or fall, with the place in the file without an exception."""
    steps = np.diff(_numbers(index)[np.argsort(position, kind="stable")])
    return bool((steps > 0).all() or (steps < 0).all())


def is_told_by(index: Cells, labels: Integers) -> bool:
    """Whether rows with neighbouring numbers have the same class far more often than by chance."""
    return _is_told(*compare_neighbours(labels[np.argsort(_numbers(index), kind="stable")]))


def _is_told(agreement: float, chance: float, z: float) -> bool:
    return z > _SURE and agreement > chance + _TOLD * (1 - chance)


def _numbers(index: Cells) -> Floats:
    assert index.numbers is not None  # noqa: S101 - for mypy: an index is made of numbers
    return index.numbers
