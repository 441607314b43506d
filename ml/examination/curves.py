"""How well the probabilities rank the rows, one class against the rest."""

from __future__ import annotations

from dataclasses import dataclass

from ml.results import Estimate


@dataclass(frozen=True)
class Curve:
    """A mean curve over the folds with its pointwise 95 % band, one value for each point of the grid."""

    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    area: Estimate
    """Of a ROC curve the AUC, of a precision–recall curve the average precision."""
    chance: float
    """The area that answers without any knowledge would have."""


@dataclass(frozen=True)
class ClassCurves:
    """One class against the rest."""

    name: str
    rows: int
    roc: Curve
    precision_recall: Curve


@dataclass(frozen=True)
class Curves:
    """The curves of every class that enough folds hold out rows of."""

    false_positive_rates: tuple[float, ...]
    """Where the ROC curves are measured, ascending."""
    recalls: tuple[float, ...]
    """Where the precision–recall curves are measured, ascending."""
    classes: tuple[ClassCurves, ...]
