"""Rows that stand in the training file and in the test file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from ml.audit.matrix import Cells, Matrix
from ml.examination.audit import Finding
from ml.spec import fold_category

_BEYOND = 3.0
_SPARE = 5.0


def check_shared(test: Matrix, training: Matrix, leave_out: tuple[str, ...]) -> tuple[Finding, ...]:
    """Count test rows that are in the training file, label and all.

    By chance as many would be as training rows have an equal among the others; more is a cheat.
    """
    names = [cells.name for cells in test.without(leave_out)]
    columns = {cells.name: cells for cells in training.cells}
    theirs = Counter(_keys([columns[name] for name in names if name in columns], training))
    mine = _keys([cells for cells in test.cells if cells.name in names and cells.name in columns], test)
    shared = sum(key in theirs for key in mine)
    expected = sum(count for count in theirs.values() if count > 1) / training.rows * test.rows
    if shared <= _BEYOND * expected + _SPARE:
        return ()
    return (Finding("shared_rows", "cheat", (), {"shared": shared, "rows": test.rows, "expected": round(expected)}),)


def _keys(cells: Sequence[Cells], matrix: Matrix) -> list[tuple[str, ...]]:
    """Return each row as text, its class last, without case."""
    texts = [np.array([*column.names, ""], dtype=object)[column.codes] for column in cells]
    texts.append(np.array(matrix.classes, dtype=object)[matrix.labels])
    return [
        tuple(fold_category(text) for text in row) for row in zip(*(column.tolist() for column in texts), strict=True)
    ]
