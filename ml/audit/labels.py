"""Rows without a class, and classes with too few rows."""

from __future__ import annotations

from collections import Counter

import numpy as np

from ml.audit.matrix import Matrix
from ml.examination.audit import Finding

_LEAST_ROWS = 3
"""Rows of a class in each fold below which its figures are noise."""
_SHOWN = 5


def check_missing_labels(matrix: Matrix) -> tuple[Finding, ...]:
    """Find rows whose class is missing, or a word that says so."""
    if not matrix.unlabelled:
        return ()
    spelled = [word for word, _count in Counter(matrix.unlabelled).most_common(_SHOWN)]
    evidence: dict[str, float | str] = {"rows": len(matrix.unlabelled), "spellings": ", ".join(spelled)}
    return (Finding("missing_labels", "warning", (), evidence),)


def check_few_rows(matrix: Matrix, folds: int) -> tuple[Finding, ...]:
    """Find classes of which a fold holds too few rows to say anything."""
    is_rare = (matrix.counts > 0) & (matrix.counts < _LEAST_ROWS * folds)
    if not is_rare.any():
        return ()
    names = tuple(matrix.classes[label] for label in np.flatnonzero(is_rare))
    evidence = {"rows": int(matrix.counts[is_rare].min()), "folds": folds}
    return (Finding("few_rows", "warning", names, evidence),)
