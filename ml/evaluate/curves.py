"""ROC and precision–recall curves, one class against the rest, from out-of-fold probabilities.

Our own arithmetic, as in `ml.evaluate.metrics`; the tests hold it against scikit-learn's.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from ml.evaluate.intervals import estimate_mean
from ml.examination.curves import ClassCurves, Curve, Curves
from ml.results import OutOfFold

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_STEPS = 40
_DIGITS = 5
_FEWEST = 2
"""Folds that a band needs."""
_HAIR = 1e-9
"""A recall that is a rounding error short of a point of the grid reaches it."""


def draw_curves(out_of_fold: OutOfFold, classes: tuple[str, ...]) -> Curves:
    """Measure every class's curves on every fold, and average them.

    Curves are averaged vertically, at fixed false-positive rates or recalls (Fawcett, An introduction to ROC analysis,
    Pattern Recognition Letters 27, 2006, algorithm 3), so that the mean area is the area of the mean curve. Bands and
    areas have the corrected-resampled interval of `estimate_mean`, the bands point by point. A class is left out where
    fewer than two folds hold out rows both of it and of others.
    """
    rates = np.linspace(0, 1, _STEPS + 1)
    found = (_draw_class(out_of_fold, number, name, rates) for number, name in enumerate(classes))
    return Curves(_round(rates), _round(rates[1:]), tuple(curves for curves in found if curves is not None))


def count_ranked(is_positive: npt.NDArray[np.bool_], scores: Floats) -> tuple[Integers, Integers]:
    """Return how many rows of the class, and of others, score at least as high as each distinct score, from the top."""
    order = np.argsort(-scores, kind="stable")
    last_of_equals = np.flatnonzero(np.diff(scores[order], append=-np.inf))
    hits: Integers = is_positive[order].cumsum()[last_of_equals]
    return hits, last_of_equals + 1 - hits


def roc_curve(hits: Integers, alarms: Integers) -> tuple[Floats, Floats]:
    """Return the corners of the ROC curve: false-positive rates and true-positive rates, from (0, 0) to (1, 1)."""
    return np.append(0, alarms / alarms[-1]), np.append(0, hits / hits[-1])


def area_under(x: Floats, y: Floats) -> float:
    """Return the area under straight lines between corners: of a ROC curve the chance that a row of the class scores
    above one of the others, ties counting half (Hanley and McNeil, Radiology 143, 1982).
    """  # noqa: D205 - one sentence
    return float((np.diff(x) * (y[1:] + y[:-1])).sum() / 2)


def average_precision(hits: Integers, alarms: Integers) -> float:
    """Return Σ (Rₙ − Rₙ₋₁) Pₙ over the distinct scores, without interpolation.

    Lines between points of a precision–recall curve would promise too much (Davis and Goadrich, ICML 2006).
    """
    recalls = hits / hits[-1]
    return float((np.diff(recalls, prepend=0) * hits / (hits + alarms)).sum())


def read_roc(x: Floats, y: Floats, grid: Floats) -> Floats:
    """Return the height of the ROC curve over each point of the grid, the upper end where it rises straight up."""
    left = np.searchsorted(x, grid, side="right") - 1
    right = np.minimum(left + 1, len(x) - 1)
    width = x[right] - x[left]
    share = np.divide(grid - x[left], width, out=np.zeros(len(grid)), where=width > 0)
    heights: Floats = y[left] + share * (y[right] - y[left])
    return heights


def read_precision(hits: Integers, alarms: Integers, grid: Floats) -> Floats:
    """Return the precision at the highest score whose recall reaches each point of the grid."""
    at = np.searchsorted(hits / hits[-1], grid - _HAIR, side="left")
    precisions: Floats = hits[at] / (hits[at] + alarms[at])
    return precisions


def _draw_class(out_of_fold: OutOfFold, number: int, name: str, rates: Floats) -> ClassCurves | None:
    ranked = list(_rank_folds(out_of_fold, number))
    if len(ranked) < _FEWEST:
        return None
    folds = int(out_of_fold.fold.max()) + 1
    corners = [roc_curve(hits, alarms) for hits, alarms in ranked]
    rows = int((out_of_fold.truth == number).sum())
    return ClassCurves(
        name=name,
        rows=rows,
        roc=_average(
            np.array([read_roc(x, y, rates) for x, y in corners]),
            np.array([area_under(x, y) for x, y in corners]),
            0.5,
            folds,
        ),
        precision_recall=_average(
            np.array([read_precision(hits, alarms, rates[1:]) for hits, alarms in ranked]),
            np.array([average_precision(hits, alarms) for hits, alarms in ranked]),
            rows / len(out_of_fold.truth),
            folds,
        ),
    )


def _rank_folds(out_of_fold: OutOfFold, number: int) -> Iterator[tuple[Integers, Integers]]:
    """Rank each fold's rows by the probability of the class, where the fold holds rows of it and others."""
    for fold, probabilities in zip(out_of_fold.fold, out_of_fold.probabilities, strict=True):
        for held_out in range(fold.max() + 1):
            mask = fold == held_out
            hits, alarms = count_ranked(out_of_fold.truth[mask] == number, probabilities[mask, number])
            if hits[-1] and alarms[-1]:
                yield hits, alarms


def _average(heights: Floats, areas: Floats, chance: float, folds: int) -> Curve:
    """Average over folds; shape of `heights` is (folds × repeats, points)."""
    points = [estimate_mean(column, folds) for column in heights.T]
    return Curve(
        mean=_round([point.mean for point in points]),
        low=_round([point.low for point in points]),
        high=_round([point.high for point in points]),
        area=estimate_mean(areas, folds),
        chance=chance,
    )


def _round(values: Floats | list[float]) -> tuple[float, ...]:
    """Digits that a page can show, so that the file stays small."""
    return tuple(round(float(value), _DIGITS) for value in values)
