"""How closely two columns go together, whatever their kinds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ml.explore.coding import Counts, Crosstabs


def associate_pairs(tables: Crosstabs, names: Sequence[str]) -> tuple[tuple[float | None, ...], ...]:
    """Return the symmetric matrix of `cramers_v` over `names`; a pair uses the rows where both are known."""
    half = {(i, j): cramers_v(tables.of(names[i], names[j])) for i in range(len(names)) for j in range(i, len(names))}
    return tuple(tuple(half[min(i, j), max(i, j)] for j in range(len(names))) for i in range(len(names)))


def cramers_v(table: Counts) -> float | None:
    """Cramér's V with Bergsma's correction: 0 is none, 1 is one-to-one; None where a side is constant.

    With φ² = χ²/n over the r × c levels that occur, φ̃² = max(0, φ² − (r−1)(c−1)/(n−1)), r̃ = r − (r−1)²/(n−1),
    c̃ likewise, and V = √(φ̃² / (min(r̃, c̃) − 1)).

    References
    ----------
    W. Bergsma, *A bias-correction for Cramér's V and Tschuprow's T*, J. Korean Stat. Soc. 42 (2013) 323-328.
    """
    seen = table[table.any(axis=1)][:, table.any(axis=0)].astype(np.float64)
    rows, columns = seen.shape
    n = seen.sum()
    if min(rows, columns) < 2 or n < 2:  # noqa: PLR2004 - two levels, or there is nothing to associate
        return None
    expected = np.outer(seen.sum(axis=1), seen.sum(axis=0)) / n
    phi2 = ((seen - expected) ** 2 / expected).sum() / n
    corrected = max(0.0, phi2 - (rows - 1) * (columns - 1) / (n - 1))
    width = min(rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)) - 1
    return min(1.0, float(np.sqrt(corrected / width))) if width > 0 else None
