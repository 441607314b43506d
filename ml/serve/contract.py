"""What a served model takes and how it refuses: the part that needs neither NumPy nor ONNX Runtime.

Together they cost 40 MB and half a second, which a web process pays with its first prediction and not at its start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

Cell = str | float | None
Row = Mapping[str, Cell]


class ModelFileError(Exception):
    """A model's file is missing, altered or not one of ours."""


class RowError(ValueError):
    """A row cannot be predicted from. `reason` is a code; `row` counts from 1."""

    def __init__(self, row: int, column: str, reason: str, value: object = None) -> None:
        self.row, self.column, self.reason, self.value = row, column, reason, value
        shown = "" if value is None else f" {str(value)[:80]!r}"
        super().__init__(f"row {row}, column {column!r}: {_REASONS[reason]}{shown}")


_REASONS = {
    "unknown_category": "not one of its categories:",
    "not_text": "a category is text, not",
    "not_a_number": "not a finite number:",
    "out_of_range": "outside its range:",
    "unknown_column": "the model knows no such column",
    "absent_column": "not given (a missing value is given as null)",
}


@dataclass(frozen=True)
class PredictorColumn:
    """One input column; `categories` is empty and the range may be open where it is numeric."""

    name: str
    kind: str
    categories: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None

    @property
    def is_numeric(self) -> bool:
        """Whether its cells are numbers rather than categories."""
        return self.kind == "numeric"

    @cached_property
    def codes(self) -> dict[str | None, int]:
        """Position of each category; a missing cell comes after the last."""
        return {None: len(self.categories)} | {category: code for code, category in enumerate(self.categories)}


@dataclass(frozen=True)
class SetRule:
    """Which classes are named together so that the truth is among them in a share `level` of answers.

    See `ml.evaluate.conformal`, where the least share of each class was learned.
    """

    level: float
    least: tuple[float, ...]

    def choose(self, shares: Sequence[float]) -> tuple[int, ...]:
        """The places of the classes of a row's set: those with their least share, or the likeliest alone."""
        places = tuple(i for i, (share, least) in enumerate(zip(shares, self.least, strict=True)) if share >= least)
        return places or (max(range(len(shares)), key=shares.__getitem__),)
