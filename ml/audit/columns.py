"""Columns that can say nothing, or that say too much alone; categories that a fold has not seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ml.audit.matrix import Cells, Integers, Matrix
from ml.audit.rules import Rules, hold_out_column
from ml.examination.audit import Finding

_NEARLY_ALL = 0.9
_STRONG = 0.95
_EASY = 0.98
_GAIN = 0.8
"""Share of the way from the commonest class to certainty that a strong column goes."""


def find_constant(matrix: Matrix) -> tuple[Cells, ...]:
    """Return the columns that have one value, or none, in every row."""
    return tuple(c for c in matrix.cells if c.levels + int(not c.is_known.all()) < 2)  # noqa: PLR2004


def find_near_unique(matrix: Matrix) -> tuple[Cells, ...]:
    """Return the columns of text in which hardly a value repeats."""
    return tuple(c for c in matrix.cells if c.numbers is None and c.levels >= _NEARLY_ALL * matrix.rows)


def check_columns(
    constant: Sequence[Cells], near_unique: Sequence[Cells], index_columns: Sequence[Cells], matrix: Matrix
) -> tuple[Finding, ...]:
    """Name the columns that tell a model nothing it may use."""
    found = [Finding("id_like", "warning", (cells.name,)) for cells in index_columns]
    if constant:
        found.append(Finding("constant", "note", tuple(cells.name for cells in constant)))
    if near_unique:
        evidence = {"values": max(cells.levels for cells in near_unique), "rows": matrix.rows}
        found.append(Finding("near_unique", "note", tuple(cells.name for cells in near_unique), evidence))
    return tuple(found)


def check_strength(
    matrix: Matrix, cells: Sequence[Cells], fold: Integers, rules: Rules, bound: float
) -> tuple[Finding, ...]:
    """Find single columns, and plain rules on all, that do better on held-out rows than is plausible.

    `bound` is what equal rows allow (1 where they say nothing); above that, or above 95 % for one column and 98 % for
    all of them, somebody has to ask. Whether the answer is a cheat no table can say, so it is a warning.
    """
    found, majority = [], matrix.majority
    for column in cells:
        accuracy = hold_out_column(column, matrix.labels, fold, len(matrix.classes))
        if accuracy >= min(_STRONG, bound) and _gain(accuracy, majority) >= _GAIN:
            evidence = {"accuracy": accuracy, "majority": majority}
            found.append(Finding("strong_column", "warning", (column.name,), evidence))
    if not found and rules.best >= _EASY and _gain(rules.best, majority) >= _GAIN:
        found.append(Finding("too_easy", "warning", (), {"accuracy": rules.best, "majority": majority}))
    return tuple(found)


def check_categories(cells: Sequence[Cells]) -> tuple[Finding, ...]:
    """Count the categories that stand in one row only."""
    lone = {
        c.name: int((np.bincount(c.codes, minlength=c.levels)[: c.levels] == 1).sum()) for c in cells if _is_text(c)
    }
    names = tuple(name for name, count in lone.items() if count)
    if not names:
        return ()
    return (Finding("rare_categories", "note", names, {"values": sum(lone.values())}),)


def _is_text(cells: Cells) -> bool:
    return cells.numbers is None


def _gain(accuracy: float, majority: float) -> float:
    return (accuracy - majority) / (1 - majority)
