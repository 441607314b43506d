"""From the cells of a file to what a model reads: each text is looked at once, however often it stands there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ml.batch.headers import find_places
from ml.batch.problems import Problem, Problems, shorten
from ml.batch.tables import Cells
from ml.serve.contract import PredictorColumn
from ml.spec.cells import cell_cleaner
from ml.spec.spelling import strip_cell
from ml.spec.values import Column, DatasetSpec, Kind, Text

MOST_KEPT = 100_000
"""Different texts of a column whose meaning is remembered: a column of free numbers must not fill the memory."""
_NOTHING = Text(en="", es="")
_WRONG = {"unknown_category", "not_a_number", "out_of_range"}


@dataclass(frozen=True)
class Coded:
    """A part of a file as the model reads it: for each of its columns, in order, the code of every row's cell.

    Codes are a category's place, a number, or NaN for a missing number. `bad` are the places of rows in the part that
    have a cell which cannot be used, each with what is wrong; their codes mean nothing.
    """

    columns: tuple[list[float], ...]
    bad: Mapping[int, tuple[Problem, ...]]


class ColumnCoder:
    """Knows what the texts of one column mean."""

    def __init__(self, column: PredictorColumn, spec: DatasetSpec) -> None:
        self.column = column
        self._clean = cell_cleaner(_as_spec_column(column, spec), spec.null_words)
        self._codes: dict[str, float] = {}
        self._reasons: dict[str, str] = {}

    def code(self, cells: Sequence[Any]) -> tuple[list[float], dict[int, Problem]]:
        """Return the code of every cell, and what is wrong with those that have none, by their places."""
        texts: Sequence[str] = cells if set(map(type, cells)) == {str} else [spell(cell) for cell in cells]
        if len(self._codes) > MOST_KEPT:
            self._codes, self._reasons = {}, {}
        for text in set(texts) - self._codes.keys():
            self._learn(text)
        codes = self._codes
        coded = [codes[text] for text in texts]
        if not self._reasons:
            return coded, {}
        reasons, name = self._reasons, self.column.name
        bad = {
            place: Problem(reasons[text], column=name, value=shorten(strip_cell(text)))
            for place, text in enumerate(texts)
            if text in reasons
        }
        return coded, bad

    def _learn(self, text: str) -> None:
        cell = self._clean(text)
        if cell.missing in _WRONG:
            self._reasons[text] = cell.missing
        value = cell.value
        if self.column.is_numeric:
            self._codes[text] = math.nan if value is None else float(value)
        else:
            self._codes[text] = self.column.codes[None if value is None else str(value)]


class Coder:
    """Knows what the cells of a file mean to a model.

    Raises
    ------
    ml.batch.problems.FileError
        Where the header lacks a column of the model's, or has it twice.
    """

    def __init__(self, header: Sequence[str], columns: Sequence[PredictorColumn], spec: DatasetSpec) -> None:
        self.places = find_places(header, columns, spec)
        self.coders = tuple(ColumnCoder(column, spec) for column in columns)

    def code(self, part: Sequence[Cells], first: int, problems: Problems) -> Coded:
        """Code a part whose first row is number `first`, and note what is wrong with it, row by row."""
        by_column = list(zip(*part, strict=True))
        found: dict[int, list[Problem]] = {}
        coded = []
        for coder, place in zip(self.coders, self.places, strict=True):
            codes, bad = coder.code(by_column[place])
            coded.append(codes)
            for at, problem in bad.items():
                found.setdefault(at, []).append(replace(problem, row=first + at))
        for at in sorted(found):
            for problem in found[at]:
                problems.add(problem)
        return Coded(tuple(coded), {at: tuple(wrong) for at, wrong in found.items()})


def spell(cell: object) -> str:
    """A cell as text: a whole number without its decimals, nothing for what is not there."""
    if isinstance(cell, str):
        return cell
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    return str(cell)


def _as_spec_column(column: PredictorColumn, spec: DatasetSpec) -> Column:
    """The model's column with the spellings that the spec knows: the model may be older than the spec."""
    known = next((found for found in spec.features if found.name == column.name), None)
    aliases = known.category_aliases if known else {}
    return Column(
        name=column.name,
        kind=Kind(column.kind),
        label=known.label if known else _NOTHING,
        categories=column.categories,
        category_aliases={alias: name for alias, name in aliases.items() if name in column.categories},
        low=column.low,
        high=column.high,
    )
