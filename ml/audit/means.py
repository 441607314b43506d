"""Labels, averaged, in a column of numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from ml.audit.matrix import Cells, Floats, Matrix
from ml.examination.audit import Finding

_LEAST_DIGITS = 8.0
"""Decimal digits by which the fit has to beat chance: degrees of freedom times the digits that each leaves right."""
_LEAST_GROUP = 1.3
_MOST_CODINGS = 5


def check_means(matrix: Matrix, leave_out: tuple[str, ...]) -> tuple[Finding, ...] | None:
    """Find columns that are a mean of the target by some grouping of the rows, whatever was averaged and rescaled.

    The grouping is the column's own: rows with the same number. Of each group g with n rows, of which n₁ … n_K are of
    class 1 … K, mean encoding says v = Σ sₖ nₖ/n for some coding s of the classes; drawn towards the mean of all rows
    with a constant weight w it says v (n + w) = Σ sₖ nₖ + w c; with a weight in proportion to the variance in the
    group, as scikit-learn's `TargetEncoder`, n v + w m(1−m) v = n m + w m(1−m) c (Micci-Barreca, A preprocessing
    scheme for high-cardinality categorical attributes, SIGKDD Explorations 3, 2001). All are linear in what is
    unknown, so least squares finds them, and what was not made so does not fit to the last digit.
    """
    numeric = [cells for cells in matrix.without(leave_out) if cells.numbers is not None]
    if not numeric:
        return None
    return tuple(
        Finding("target_means", "cheat", (cells.name,), {"groups": cells.levels})
        for cells in numeric
        if _holds_means(cells, matrix)
    )


def _holds_means(cells: Cells, matrix: Matrix) -> bool:
    assert cells.numbers is not None  # noqa: S101 - for mypy: the caller chose numbers
    known = cells.is_known
    if not 1 < cells.levels <= known.sum() / _LEAST_GROUP:
        return False
    counts = np.zeros((cells.levels, len(matrix.classes)))
    np.add.at(counts, (cells.codes[known], matrix.labels[known]), 1)
    value = np.full(cells.levels, np.nan)
    value[cells.codes[known]] = cells.numbers[known]
    step = _find_step(value)
    if step >= 1 or int(((counts > 0).sum(axis=1) > 1).sum()) < 2:  # noqa: PLR2004 - whole numbers are no means
        return False
    return any(_fits(form, step) for form in _forms(value, counts))


def _find_step(value: Floats) -> float:
    """Half of the last digit that the numbers are written with, or what arithmetic leaves uncertain."""
    for digits in range(9):
        if np.allclose(value, np.round(value, digits), rtol=0, atol=1e-10):
            return float(10.0**-digits)
    return float(max(1e-8 * np.ptp(value), 1e-12))


@dataclass(frozen=True)
class _Form:
    """One way to average: `left` is a sum of the columns of `terms`, plus `fixed`."""

    left: Floats
    terms: Floats
    plain: Floats
    """Those terms that say nothing of the target: where they do alone, nothing is shown."""
    fixed: Floats | float = 0.0
    slack: Floats | float = 1.0


def _forms(value: Floats, counts: Floats) -> Iterator[_Form]:
    n = counts.sum(axis=1)
    shares, one = counts / n[:, None], np.ones((value.size, 1))
    yield _Form(value, shares, one)
    for share in (*shares.T, *_averages(shares)):
        yield _Form(value, one[:, :0], one, fixed=share)
        yield _Form(value, np.column_stack([share, one]), one)
    plain = np.column_stack([value, one])
    yield _Form(n * value, np.column_stack([counts, plain]), np.column_stack([n, plain]), slack=n)
    for share in shares.T:
        variance = share * (1 - share)
        plain = np.column_stack([n, variance * value, variance])
        yield _Form(n * value, np.column_stack([n * share, plain]), plain, slack=n)


def _averages(shares: Floats) -> Iterator[Floats]:
    """Yield the mean of each way to number the classes, a way and its reverse once."""
    classes = shares.shape[1]
    if 2 < classes <= _MOST_CODINGS:  # noqa: PLR2004 - the mean of two classes is a share
        yield from (shares @ np.array(way) for way in permutations(range(classes)) if way[0] < way[-1])


def _fits(form: _Form, step: float) -> bool:
    """Whether the form gives the values to the last digit, beyond chance, and not without the target."""
    slack = np.broadcast_to(form.slack * step, form.left.shape)
    freedom, spread = form.left.size - form.terms.shape[1], float(np.std(form.left))
    if freedom < 2 or not spread:  # noqa: PLR2004 - three groups fit any line but by one digit string
        return False
    digits = freedom * float(np.log10(spread / slack).mean())
    return (
        digits >= _LEAST_DIGITS
        and _is_exact(form.terms, form.left - form.fixed, slack)
        and not _is_exact(form.plain, form.left, slack)
    )


def _is_exact(terms: Floats, left: Floats, slack: Floats) -> bool:
    if terms.shape[1]:
        weights, *_ = np.linalg.lstsq(terms, left, rcond=None)
        left = left - terms @ weights
    return bool((np.abs(left) <= slack + 1e-9).all())
