"""Numeric columns: histogram, boxes by class, and which values lie far out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ml.exploration import Box, NumericDistribution, Outlier
from ml.explore.coding import Codes

NEAR, FAR = 1.5, 3.0
"""Tukey's fences, in interquartile ranges beyond the quartiles."""
_MOST_BINS = 40
_MOST_OUTLIERS = 20

Numbers = npt.NDArray[np.float64]


def describe_numbers(
    column: str, values: Numbers, labels: Codes, classes: tuple[str, ...], out_of_range: int
) -> NumericDistribution:
    """Describe a numeric column; `values` holds NaN where it is missing, `labels` the number of each row's class."""
    is_known = ~np.isnan(values)
    known, known_labels = values[is_known], labels[is_known]
    edges = choose_edges(known)
    below, above = fences(known, NEAR) if known.size else (None, None)
    boxes = [_box(None, known), *(_box(name, known[known_labels == i]) for i, name in enumerate(classes))]
    return NumericDistribution(
        column=column,
        edges=tuple(edges.tolist()),
        counts=_count(known, known_labels, edges, len(classes)),
        boxes=tuple(box for box in boxes if box is not None),
        lower_fence=below,
        upper_fence=above,
        outlying_rows=0 if below is None or above is None else int(((known < below) | (known > above)).sum()),
        out_of_range_cells=out_of_range,
        outliers=find_outliers(known),
        missing=tuple(np.bincount(labels[~is_known], minlength=len(classes)).tolist()),
    )


def choose_edges(known: Numbers) -> Numbers:
    """Edges of equal bins: Freedman and Diaconis' or Sturges' width, the finer of the two, at most 40 bins."""
    if not known.size:
        return np.array([])
    low, high = float(known.min()), float(known.max())
    if low == high:
        return np.array([low - 0.5, high + 0.5])
    first, third = np.quantile(known, [0.25, 0.75])
    diaconis = 2 * (third - first) / np.cbrt(known.size)
    bins = max(np.log2(known.size) + 1, (high - low) / diaconis if diaconis > 0 else 0)
    return np.linspace(low, high, min(_MOST_BINS, int(np.ceil(bins))) + 1)


def fences(known: Numbers, reach: float) -> tuple[float, float]:
    """Return Q1 − reach·IQR and Q3 + reach·IQR (J. Tukey, *Exploratory Data Analysis*, 1977, 2D)."""
    first, third = np.quantile(known, [0.25, 0.75])
    return float(first - reach * (third - first)), float(third + reach * (third - first))


def find_outliers(known: Numbers) -> tuple[Outlier, ...]:
    """The distinct values beyond the fences, the furthest first, each with the rule that found it."""
    if not known.size:
        return ()
    below, above = fences(known, NEAR)
    far_below, far_above = fences(known, FAR)
    values, rows = np.unique(known[(known < below) | (known > above)], return_counts=True)
    distance = np.where(values < below, below - values, values - above)
    furthest = np.argsort(-distance, kind="stable")[:_MOST_OUTLIERS]
    return tuple(
        Outlier(float(values[i]), int(rows[i]), _rule(float(values[i]), above, far_below, far_above)) for i in furthest
    )


def _rule(value: float, above: float, far_below: float, far_above: float) -> str:
    if value > above:
        return "far_above" if value > far_above else "above_fence"
    return "far_below" if value < far_below else "below_fence"


def _count(known: Numbers, labels: Codes, edges: Numbers, classes: int) -> tuple[tuple[int, ...], ...]:
    if not known.size:
        return ()
    columns = [np.histogram(known[labels == number], bins=edges)[0] for number in range(classes)]
    return tuple(tuple(row) for row in np.stack(columns, axis=1).tolist())


def _box(group: str | None, values: Numbers) -> Box | None:
    if not values.size:
        return None
    low, first, median, third, high = (float(q) for q in np.quantile(values, [0, 0.25, 0.5, 0.75, 1]))
    below, above = fences(values, NEAR)
    inside = values[(values >= below) & (values <= above)]
    return Box(
        group, values.size, float(values.mean()), low, float(inside.min()), first, median, third, float(inside.max()),
        high,
    )  # fmt: skip
