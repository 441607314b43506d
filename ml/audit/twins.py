"""Equal rows: what they allow, and whether somebody copied them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ml.audit.matrix import Cells, Integers, Mask, Matrix
from ml.audit.rules import Rules, find_profiles
from ml.examination.audit import Finding
from ml.explore.twins import agree, bound_best_accuracy

_LEAST_PROFILES = 10
"""Repeated profiles below this say too little about agreement."""
_SHUFFLES = 5
_MARGIN = 0.1
_SURE = 2.5
"""Standard errors between how often equal rows agree and how often a rule is right on them."""
_BEYOND = 3.0
_FAR_BEYOND = 6.0
"""Times what independent columns give: rows of a table that follows a rule may well be thrice as often alike."""
_SPARE = 10.0
_MANY = 0.2
_Z = 1.959963984540054
_EVENED = 5
_LEAST_SIZE = 10


@dataclass(frozen=True)
class Bound:
    """What equal rows allow. Shares and accuracies lie in [0, 1]; None where too few rows are equal to tell."""

    profiles: Integers
    """The number of each row's profile."""
    has_twin: Mask
    contradictory: int
    ceiling: float
    agreement: float | None = None
    agreement_low: float | None = None
    agreement_high: float | None = None
    best_low: float | None = None
    best_high: float | None = None
    """Ends of the Cover-Hart range on rows with a twin."""
    best_at_most: float | None = None
    """Its upper end where the agreement is at the upper end of its 95 % interval."""
    total: float = 1.0
    """Above this no accuracy on new rows of the kind can be."""


def find_bound(matrix: Matrix, profiles: Integers) -> Bound:
    """Bound the accuracy that these columns allow, from rows that are equal in all of them.

    On these very rows nothing can be right on more than the commonest class of each profile: the ceiling. On new rows,
    two equal rows agree as often as the best rule's error allows: agreement a lies between 1 − R* (2 − M R*/(M − 1))
    and 1 − R* (Cover and Hart, 1967, see `ml.explore.twins.bound_best_accuracy`), so 1 − R* lies between a and the
    solution b of the first. Only the share w of rows that have a twin is so bound; what the rest allows is unknown,
    hence `total` = 1 − w (1 − b), with b at the upper end of the agreement's 95 % interval and w at the lower end of
    its own (Wilson, Probable inference, J. Am. Stat. Assoc. 22, 1927).
    """
    classes = len(matrix.classes)
    by_class = np.zeros((int(profiles.max()) + 1, classes), dtype=np.int64)
    np.add.at(by_class, (profiles, matrix.labels), 1)
    sizes = by_class.sum(axis=1)
    has_twin = sizes[profiles] > 1
    mixed = int(((by_class > 0).sum(axis=1) > 1).sum())
    bound = Bound(profiles, has_twin, mixed, float(by_class.max(axis=1).sum() / matrix.rows))
    agreement, low, high = agree(by_class)
    if agreement is None or low is None or high is None or int((sizes > 1).sum()) < _LEAST_PROFILES:
        return bound
    best_low, best_high = bound_best_accuracy(agreement, classes)
    at_most = bound_best_accuracy(high, classes)[1]
    return replace(
        bound,
        agreement=agreement,
        agreement_low=low,
        agreement_high=high,
        best_low=best_low,
        best_high=best_high,
        best_at_most=at_most,
        total=1 - wilson_low(int(has_twin.sum()), matrix.rows) * (1 - at_most),
    )


def check_twins(matrix: Matrix, bound: Bound) -> tuple[Finding, ...]:
    """Say how many rows are equal, and what those with different classes allow."""
    if not bound.has_twin.any():
        return ()
    found = [Finding("repeats", "note", (), {"repeated": int(bound.has_twin.sum()), "rows": matrix.rows})]
    if bound.contradictory and bound.agreement is not None:
        evidence: dict[str, float | str] = {
            "profiles": bound.contradictory,
            "ceiling": bound.ceiling,
            "agreement": bound.agreement,
            "low": bound.agreement_low or 0.0,
            "high": bound.agreement_high or 1.0,
            "best_low": bound.best_low or 0.0,
            "best_high": bound.best_high or 1.0,
            "at_most": bound.best_at_most or 1.0,
        }
        found.append(Finding("twins", "note", (), evidence))
    return tuple(found)


@dataclass(frozen=True)
class Copies:
    """Rows that repeat an earlier one with its label."""

    count: int
    expected: float
    """By chance, were the columns independent within each class."""
    agreement: float
    accuracy: float
    """Of the best plain rule on the rows that have a twin, while they were held out together."""
    are_copied: bool


def find_copies(matrix: Matrix, cells: Sequence[Cells], bound: Bound, rules: Rules) -> Copies:
    """Tell rows that were copied from rows that are alike.

    Copied are they where there are far more than independent columns would give, *and* equal rows agree on the label
    more often than any plain rule is right on them. For two people who are alike agree with probability Σ pₖ², which is
    at most what the best rule gets right; a copy agrees with its original always.
    """
    count = _count_copies(bound.profiles, matrix)
    expected = expect_copies(matrix, cells)
    by_class = np.zeros((int(bound.profiles.max()) + 1, len(matrix.classes)), dtype=np.int64)
    np.add.at(by_class, (bound.profiles, matrix.labels), 1)
    agreement, low, _ = agree(by_class)
    seen = bound.has_twin[rules.rows]
    if agreement is None or low is None or not seen.any():
        return Copies(count, expected, agreement or 0.0, 0.0, are_copied=False)
    accuracy = float(rules.is_right(matrix.labels)[:, seen].mean(axis=1).max())
    profiles = np.unique(bound.profiles[rules.rows][seen]).size
    error = np.hypot((agreement - low) / _Z, np.sqrt(accuracy * (1 - accuracy) / profiles))
    are_copied = (
        count > _BEYOND * expected + _SPARE
        and profiles >= _LEAST_PROFILES
        and agreement - accuracy > max(_MARGIN, _SURE * error)
    )
    return Copies(count, expected, agreement, accuracy, bool(are_copied))


def check_copies(matrix: Matrix, bound: Bound, copies: Copies) -> tuple[Finding, ...]:
    """Find rows that were copied, and classes made equal by copying."""
    if not copies.are_copied:
        return ()
    evidence: dict[str, float | str] = {
        "copies": copies.count,
        "expected": round(copies.expected),
        "agreement": copies.agreement,
        "accuracy": copies.accuracy,
    }
    distinct = [np.unique(bound.profiles[matrix.labels == label]).size for label in np.unique(matrix.labels)]
    size = int(matrix.counts.max())
    if size == matrix.present.min() >= _LEAST_SIZE and max(distinct) - min(distinct) >= _EVENED:
        return (Finding("oversampled", "cheat", (), evidence | {"size": size}),)
    is_grave = copies.count >= _MANY * matrix.rows and copies.count > _FAR_BEYOND * copies.expected
    return (Finding("copied_rows", "cheat" if is_grave else "warning", (), evidence),)


def expect_copies(matrix: Matrix, cells: Sequence[Cells]) -> float:
    """Return how many rows would repeat one of their class if, within it, the columns were independent."""
    random = np.random.default_rng([matrix.seed, 11])
    members = [np.flatnonzero(matrix.labels == label) for label in range(len(matrix.classes))]
    counts = []
    for _ in range(_SHUFFLES):
        codes = [column.codes.copy() for column in cells]
        for column in codes:
            for rows in members:
                column[rows] = column[random.permutation(rows)]
        shuffled = [Cells("", column, original.names, None) for column, original in zip(codes, cells, strict=True)]
        counts.append(_count_copies(find_profiles(shuffled, matrix.rows), matrix))
    return float(np.mean(counts))


def wilson_low(hits: int, rows: int) -> float:
    """Return the lower end of Wilson's 95 % interval of hits/rows."""
    share, z2 = hits / rows, _Z**2 / rows
    return float((share + z2 / 2 - _Z * np.sqrt(share * (1 - share) / rows + z2 / (4 * rows))) / (1 + z2))


def wilson_high(hits: int, rows: int) -> float:
    """Return the upper end of Wilson's 95 % interval of hits/rows."""
    return 1 - wilson_low(rows - hits, rows)


def _count_copies(profiles: Integers, matrix: Matrix) -> int:
    return matrix.rows - pd.unique(profiles * len(matrix.classes) + matrix.labels).size
