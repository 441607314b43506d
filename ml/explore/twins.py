"""Rows that are alike in every feature, and what they allow anybody to know."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ml.exploration import Repeats, Twins
from ml.explore.coding import CleanCells, Codes, Counts

_LARGEST = 10
_Z = 1.959963984540054


def find_repeats(features: Sequence[CleanCells], labels: Codes, classes: int) -> Repeats:
    """Group the rows by feature vector; a missing cell is a value like any other."""
    profile = number_profiles([cells.codes for cells in features], labels.size)
    profiles = int(profile.max()) + 1 if profile.size else 0
    by_class = np.bincount(profile * classes + labels, minlength=profiles * classes).reshape(profiles, classes)
    sizes, is_mixed = by_class.sum(axis=1), (by_class > 0).sum(axis=1) > 1
    agreement, low, high = agree(by_class)
    best_low, best_high = (None, None) if agreement is None else bound_best_accuracy(agreement, classes)
    return Repeats(
        rows=labels.size,
        repeated_rows=labels.size - int((by_class > 0).sum()),
        distinct_profiles=profiles,
        repeated_profiles=int((sizes > 1).sum()),
        contradictory_profiles=int(is_mixed.sum()),
        rows_in_contradiction=int(sizes[is_mixed].sum()),
        ceiling=float(by_class.max(axis=1).sum() / labels.size) if labels.size else 0.0,
        pairs=int((sizes * (sizes - 1) // 2).sum()),
        agreement=agreement, agreement_low=low, agreement_high=high, best_low=best_low, best_high=best_high,
        largest=_describe_largest(by_class, np.flatnonzero(is_mixed), profile, features),
    )  # fmt: skip


def number_profiles(features: Sequence[Codes], rows: int) -> Codes:
    """Number the distinct combinations of codes 0, 1, … in order of appearance."""
    key, span = np.zeros(rows, dtype=np.int64), 1
    for codes in features:
        width = int(codes.max()) + 1 if codes.size else 1
        if span > 2**62 // width:
            key = pd.factorize(key)[0].astype(np.int64)
            span = int(key.max()) + 1
        key, span = key * width + codes, span * width
    return pd.factorize(key)[0].astype(np.int64)


def agree(by_class: Counts) -> tuple[float | None, float | None, float | None]:
    """Share of equal pairs whose labels agree, with its 95 % interval; `by_class` has one row a profile.

    The ratio Σx/Σn of agreeing to all pairs of each profile, with the variance of a ratio of totals over G sampled
    clusters: G/(G−1) Σ(x − r n)² / (Σn)² (W. Cochran, *Sampling Techniques*, 3rd ed., 6.19).
    """
    repeated = by_class[by_class.sum(axis=1) > 1]
    n = repeated.sum(axis=1) * (repeated.sum(axis=1) - 1) / 2
    x = (repeated * (repeated - 1) / 2).sum(axis=1)
    if not n.size:
        return None, None, None
    ratio = float(x.sum() / n.sum())
    if n.size == 1:
        return ratio, None, None
    error = np.sqrt(n.size / (n.size - 1) * ((x - ratio * n) ** 2).sum()) / n.sum()
    return ratio, max(0.0, ratio - _Z * float(error)), min(1.0, ratio + _Z * float(error))


def bound_best_accuracy(agreement: float, classes: int) -> tuple[float, float]:
    """Bound the accuracy of the best possible rule, given how often two equal rows agree.

    An equal row is a perfect nearest neighbour, whose error R lies between the best error R* and
    R* (2 − M R*/(M−1)) for M classes; solved for R*.

    References
    ----------
    T. Cover and P. Hart, *Nearest neighbor pattern classification*, IEEE Trans. Inf. Theory 13 (1967) 21-27.
    """
    share = (classes - 1) / classes
    error = 1 - agreement
    best_error = share * (1 - np.sqrt(max(0.0, 1 - error / share)))
    return agreement, float(1 - best_error)


def _describe_largest(
    by_class: Counts, mixed: Codes, profile: Codes, features: Sequence[CleanCells]
) -> tuple[Twins, ...]:
    chosen = mixed[np.argsort(-by_class[mixed].sum(axis=1), kind="stable")[:_LARGEST]].tolist()
    return tuple(
        Twins(_cells_of(int(np.argmax(profile == number)), features), tuple(by_class[number].tolist()))
        for number in chosen
    )


def _cells_of(row: int, features: Sequence[CleanCells]) -> tuple[str | float | None, ...]:
    return tuple((*cells.distinct, None)[int(cells.codes[row])] for cells in features)
