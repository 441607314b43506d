"""What each column was before cleaning, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.exploration import RawColumn, Spelling
from ml.explore.coding import CleanCells
from ml.results import CleaningReport

_MOST = 20
_DENSE = 10_000_000


def compare_spellings(
    raw: pd.DataFrame, cleaned: Mapping[str, CleanCells], report: CleaningReport
) -> tuple[RawColumn, ...]:
    """Compare the raw cells of the usable rows with the clean ones, column by column.

    Parameters
    ----------
    raw
        The table as got, every cell text; without the rejected rows its rows are those of `cleaned`, in order.
    """
    is_used = np.ones(len(raw), dtype=bool)
    is_used[[rejection.row - 1 for rejection in report.rejected]] = False
    headers = {name: header for header, name in report.renamed_columns.items()}
    return tuple(
        _compare(name, headers.get(name, name), raw[headers.get(name, name)].to_numpy(dtype=object)[is_used], cells)
        for name, cells in cleaned.items()
        if headers.get(name, name) in raw.columns
    )


def _compare(name: str, header: str, before: npt.NDArray[np.object_], after: CleanCells) -> RawColumn:
    counted = _count_pairs(before, after)
    lost = [(raw, None, cells) for raw, value, cells in counted if value is None and raw.strip()]
    changed = [item for item in counted if item[1] is not None and not _is_same(item[0], item[1])]
    commonest = sorted([*changed, *lost], key=lambda item: -item[2])[:_MOST]
    return RawColumn(
        column=name,
        header=header,
        spellings=len({raw for raw, value, _ in counted if value is not None}),
        values=len({value for _, value, _ in counted if value is not None}),
        cells_changed=sum(cells for *_, cells in changed),
        cells_lost=sum(cells for *_, cells in lost),
        cells_empty=sum(cells for raw, value, cells in counted if value is None and not raw.strip()),
        commonest=tuple(
            Spelling(raw, None if value is None else _written(value), cells) for raw, value, cells in commonest
        ),
    )


def _count_pairs(before: npt.NDArray[np.object_], after: CleanCells) -> list[tuple[str, str | float | None, int]]:
    """Count the cells of each raw spelling and what it became."""
    spelling_of_row, spellings = pd.factorize(before)
    width = len(after.distinct) + 1
    pair_of_row = spelling_of_row.astype(np.int64) * width + after.codes
    if len(spellings) * width <= _DENSE:
        cells = np.bincount(pair_of_row, minlength=len(spellings) * width)
        pairs = np.flatnonzero(cells)
        cells = cells[pairs]
    else:
        pairs, cells = np.unique(pair_of_row, return_counts=True)
    values = (*after.distinct, None)
    return [
        (str(spellings[pair // width]), values[pair % width], count)
        for pair, count in zip(pairs.tolist(), cells.tolist(), strict=True)
    ]


def _is_same(raw: str, value: str | float) -> bool:
    """A number is kept when its text says the same number."""
    if isinstance(value, str):
        return raw == value
    try:
        return float(raw) == value
    except ValueError:
        return False


def _written(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.12g}"
