"""Columns as small integers, and every contingency table at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.spec import Column, Kind

QUANTILE_BINS = 10
"""Numeric columns enter associations and information cut at their deciles."""
_CHUNK = 65_536

Codes = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Coded:
    """A column as codes: 0 … levels − 1 are values, `levels` is missing."""

    name: str
    levels: int
    codes: Codes


@dataclass(frozen=True)
class CleanCells:
    """A clean column as codes into its distinct values; a code past the last one is missing."""

    codes: Codes
    distinct: tuple[str | float, ...]


def code_column(values: pd.Series, column: Column) -> Coded:
    """Code the clean cells of `column`: categories in the spec's order, numbers by the decile they fall in."""
    if column.kind is Kind.NUMERIC:
        return code_numbers(values.to_numpy(dtype=np.float64), column.name)
    numbers, distinct = pd.factorize(values.to_numpy(dtype=object))
    level_of = {category: level for level, category in enumerate(column.categories)}
    levels = [*(level_of[value] for value in distinct), len(column.categories)]  # factorize says -1 where missing
    return Coded(column.name, len(column.categories), np.array(levels, dtype=np.int64)[numbers])


def code_numbers(values: npt.NDArray[np.float64], name: str) -> Coded:
    """Cut numbers at their own deciles; equal deciles fall together, so that a spike has a bin of its own."""
    known = values[~np.isnan(values)]
    if not known.size:
        return Coded(name, 0, np.zeros(values.size, dtype=np.int64))
    inner = np.unique(np.quantile(known, np.linspace(0, 1, QUANTILE_BINS + 1)[1:-1]))
    cuts = inner[(inner > known.min()) & (inner <= known.max())]
    codes = np.searchsorted(cuts, values, side="right")
    return Coded(name, cuts.size + 1, np.where(np.isnan(values), cuts.size + 1, codes))


def code_exactly(values: npt.NDArray[np.float64]) -> CleanCells:
    """Code numbers so that different ones differ."""
    codes, distinct = pd.factorize(values)
    return CleanCells(np.where(codes < 0, len(distinct), codes).astype(np.int64), tuple(distinct.tolist()))


@dataclass(frozen=True)
class Crosstabs:
    """The contingency tables of all pairs of columns, as the blocks of one symmetric matrix (a Burt table)."""

    matrix: Counts
    starts: Mapping[str, int]
    levels: Mapping[str, int]

    def of(self, row: str, column: str, *, with_missing: bool = False) -> Counts:
        """Count rows by the levels of two columns; where either is missing they count only `with_missing`."""
        return self.matrix[self._block(row, with_missing), self._block(column, with_missing)]

    def _block(self, name: str, with_missing: bool) -> slice:  # noqa: FBT001 - private, one caller
        return slice(self.starts[name], self.starts[name] + self.levels[name] + with_missing)


def cross_tabulate(columns: Sequence[Coded]) -> Crosstabs:
    """Count every pair of columns in one pass: with Z the indicators of all levels, the matrix is ZᵀZ.

    Sums are exact: a chunk's counts stay far below the 2²⁴ that float32 holds.
    """
    widths = [column.levels + 1 for column in columns]
    starts = np.concatenate(([0], np.cumsum(widths)[:-1])).astype(np.int64)
    matrix = np.zeros((sum(widths), sum(widths)), dtype=np.int64)
    rows = columns[0].codes.size
    positions = np.stack([column.codes + start for column, start in zip(columns, starts, strict=True)], axis=1)
    for first in range(0, rows, _CHUNK):
        part = positions[first : first + _CHUNK]
        indicators = np.zeros((len(part), matrix.shape[0]), dtype=np.float32)
        np.put_along_axis(indicators, part, 1.0, axis=1)
        matrix += np.rint(indicators.T @ indicators).astype(np.int64)
    names = [column.name for column in columns]
    return Crosstabs(
        matrix, dict(zip(names, starts.tolist(), strict=True)), {column.name: column.levels for column in columns}
    )
