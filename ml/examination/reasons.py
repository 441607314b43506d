"""What the answers rest on, column by column."""

from __future__ import annotations

from dataclasses import dataclass

from ml.results import Estimate


@dataclass(frozen=True)
class ColumnImportance:
    """What the held-out rows lose when one column is shuffled among them; more is more important."""

    column: str
    log_loss: Estimate
    """By how much the log-loss rises, in nats."""
    accuracy: Estimate
    """By how much the accuracy falls."""


@dataclass(frozen=True)
class Importance:
    """Permutation importance of every column, most first by log-loss."""

    columns: tuple[ColumnImportance, ...]
    folds: int
    repeats: int
    shuffles: int
    """How often each column was shuffled in each fold."""


@dataclass(frozen=True)
class Dependence:
    """What the model says in the mean when one column is set to a value in every row."""

    column: str
    categories: tuple[str | None, ...]
    """The values in order, None for a missing cell; empty for a numeric column."""
    numbers: tuple[float, ...]
    """The values of a numeric column, ascending; else empty."""
    rows: tuple[int, ...]
    """How many rows have the category; empty for a numeric column."""
    probabilities: tuple[tuple[float, ...], ...]
    """For each value, the mean probability of each class, in the spec's order."""


@dataclass(frozen=True)
class Reasons:
    """Importance and dependence of one model."""

    importance: Importance
    dependence: tuple[Dependence, ...]
