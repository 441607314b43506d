"""Which rows are alike in the sensitive columns, and which groups are too small to be shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.examination.people import FEWEST
from ml.spec import Column, Kind

Masks = Mapping[tuple[str | None, ...], npt.NDArray[np.bool_]]
"""The rows of each group, by its categories: one a column, None for a missing value. No group is empty."""

_QUARTERS = (0.25, 0.5, 0.75)


def find_masks(table: pd.DataFrame, columns: Sequence[Column]) -> Masks:
    """Cut the rows by the categories of `columns`; a numeric column is cut at its quartiles."""
    parts = [_cut(table, column) for column in columns]
    found: dict[tuple[str | None, ...], npt.NDArray[np.bool_]] = {(): np.ones(len(table), dtype=bool)}
    for part in parts:
        found = {
            (*key, category): mask & rows
            for key, mask in found.items()
            for category, rows in part.items()
            if (mask & rows).any()
        }
    return found


def _cut(table: pd.DataFrame, column: Column) -> dict[str | None, npt.NDArray[np.bool_]]:
    values = table[column.name]
    missing = values.isna().to_numpy(dtype=bool)
    if column.kind is Kind.NUMERIC:
        texts, order = _name_quarters(values.to_numpy(dtype=np.float64))
    else:
        texts, order = values.to_numpy(dtype=object), column.categories
    parts: dict[str | None, npt.NDArray[np.bool_]] = {text: (texts == text) & ~missing for text in order}
    return {text: rows for text, rows in [*parts.items(), (None, missing)] if rows.any()}


def _name_quarters(values: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.object_], tuple[str, ...]]:
    known = values[~np.isnan(values)]
    if not len(known):
        return np.full(len(values), None, dtype=object), ()
    edges = np.unique(np.quantile(known, _QUARTERS))
    ends = [known.min(), *edges, known.max()]
    names = np.array([f"{low:g} – {high:g}" for low, high in pairwise(ends)], dtype=object)
    return names[np.searchsorted(edges, np.nan_to_num(values), side="left")], tuple(dict.fromkeys(names.tolist()))


def hide_small(counts: Mapping[tuple[str | None, ...], int]) -> frozenset[tuple[str | None, ...]]:
    """Return the groups to be hidden, so that no count below `FEWEST` is shown or left over.

    Small groups are hidden; along each line of the table whose total is known elsewhere (all rows, or those of one
    category) so are the next smallest, until what is hidden there adds up to enough rows of more than one group
    (complementary suppression: Willenborg and de Waal, Elements of Statistical Disclosure Control, 2001, ch. 6).
    """
    hidden = {key for key, count in counts.items() if count < FEWEST}
    lines = list(_find_lines(counts))
    while True:
        before = len(hidden)
        for line in lines:
            hidden |= _hide_along(line, counts, hidden)
        if len(hidden) == before:
            return frozenset(hidden)


def _find_lines(keys: Iterable[tuple[str | None, ...]]) -> Iterable[list[tuple[str | None, ...]]]:
    """Yield every set of groups that share some of their categories, or none of them."""
    found = list(keys)
    width = len(found[0]) if found else 0
    for size in range(width):
        for places in combinations(range(width), size):
            lines: dict[tuple[str | None, ...], list[tuple[str | None, ...]]] = {}
            for key in found:
                lines.setdefault(tuple(key[place] for place in places), []).append(key)
            yield from lines.values()


def _hide_along(
    line: list[tuple[str | None, ...]],
    counts: Mapping[tuple[str | None, ...], int],
    hidden: set[tuple[str | None, ...]],
) -> set[tuple[str | None, ...]]:
    more: set[tuple[str | None, ...]] = set()
    gone = [key for key in line if key in hidden]
    shown = sorted((key for key in line if key not in hidden), key=lambda key: counts[key])
    while gone and shown and (len(gone) == 1 or sum(counts[key] for key in gone) < FEWEST):
        more.add(shown[0])
        gone.append(shown.pop(0))
    return more
