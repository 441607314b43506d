"""What a served model takes and how it refuses: the part that needs neither NumPy nor ONNX Runtime.

Together they cost 40 MB and half a second, which a web process pays with its first prediction and not at its start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ml.rules import DEFAULT_RULE, RULES, Decision

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

CONTRACT_VERSION = 2
READABLE_VERSIONS = (1, CONTRACT_VERSION)
"""Contracts of version 1 name no rule: they answer the most probable class."""

Cell = str | float | None
Row = Mapping[str, Cell]


class ModelFileError(Exception):
    """A model's file is missing, altered or not one of ours."""


class AwayError(Exception):
    """The process that answers for this model does not answer now; the model is in order, so ask again."""


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

    def read_codes(self, codes: Sequence[float]) -> list[Cell]:
        """What codes stand for: a category's place, a number, NaN for a missing number."""
        if self.is_numeric:
            return [None if code != code else code for code in codes]  # noqa: PLR0124 - NaN alone differs from itself
        names = (*self.categories, None)
        return [names[int(code)] for code in codes]


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

    def choose_all(self, shares: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Which classes are in the set of each row, as `choose` has it; both of shape (rows, classes)."""
        chosen: npt.NDArray[np.bool_] = shares >= self.least
        nobody = ~chosen.any(axis=1)
        chosen[nobody, shares[nobody].argmax(axis=1)] = True
        return chosen


@dataclass(frozen=True)
class Contract:
    """What a model takes and how it answers, as its file carries it."""

    columns: tuple[PredictorColumn, ...]
    classes: tuple[str, ...]
    decision: Decision = field(default_factory=Decision)
    sets: SetRule | None = None
    rows_sha256: str = ""
    """Of the file beside the model's with the training rows (`ml.serve.training_rows`); empty where there is none."""


def read_contract(document: Mapping[str, Any]) -> Contract:
    """Read the contract that a model's file carries.

    Raises
    ------
    ModelFileError
        Where it is none, another version's, or names a rule that nobody knows.
    """
    try:
        version = document["version"]
        contract = Contract(
            columns=tuple(
                PredictorColumn(**(fields | {"categories": tuple(fields["categories"])}))
                for fields in document["columns"]
            ),
            classes=tuple(document["classes"]),
            decision=Decision(document.get("rule", DEFAULT_RULE), tuple(document.get("prior", ()))),
            sets=_read_sets(document.get("conformal")),
            rows_sha256=str(document.get("training_rows", "")),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelFileError(f"not a model file of Proctor's: {type(error).__name__}") from error
    if version not in READABLE_VERSIONS:
        raise ModelFileError(f"the model file has contract version {version}, not {CONTRACT_VERSION}")
    if contract.decision.rule not in RULES:
        rule = contract.decision.rule
        raise ModelFileError(f"the model file answers by the rule {rule!r}, which this Proctor does not know")
    return contract


def _read_sets(found: Mapping[str, Any] | None) -> SetRule | None:
    """Read what conformal sets need; files of older releases carry nothing of it."""
    return SetRule(float(found["level"]), tuple(map(float, found["least"]))) if found else None
