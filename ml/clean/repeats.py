"""Rows that stand in a table more than once, also where a copy has lost a cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import pandas as pd

Row = tuple[str | float | None, ...]

KNOWN_SHARE = 0.8
"""A row with fewer of its cells known is never taken for a copy of a whole one: too many would fit."""


def find_repeats(table: pd.DataFrame) -> list[list[int]]:
    """Return the positions of each group of rows that say the same, first row first, groups in order of that.

    Rows are the same where every cell is, missing ones too. A row that lacks some cells is also the same as the one
    whole row whose cells it shares, if it fits only one: where it fits several, nobody can say whose copy it is.
    """
    groups = _group(_rows(table))
    whole = {row: members for row, members in groups.items() if None not in row}
    by_known: dict[tuple[int, ...], dict[Row, list[Row]]] = {}
    for row, members in groups.items():
        known = tuple(at for at, cell in enumerate(row) if cell is not None)
        if KNOWN_SHARE * len(row) <= len(known) < len(row):
            fitting = _fitting(row, known, whole, by_known)
            if len(fitting) == 1:
                whole[fitting[0]].extend(members)
                members.clear()
    return sorted(sorted(members) for members in groups.values() if len(members) > 1)


def drop_repeats(table: pd.DataFrame) -> pd.DataFrame:
    """Return `table` with one row of each group of `find_repeats`: the first that lacks the fewest cells."""
    missing = table.isna().sum(axis="columns").tolist()
    surplus: list[int] = []
    for group in find_repeats(table):
        kept = min(group, key=lambda at: (missing[at], at))
        surplus += [at for at in group if at != kept]
    return table.drop(index=table.index[surplus]).reset_index(drop=True)


def _rows(table: pd.DataFrame) -> list[Row]:
    return [
        tuple(None if cell is None or cell != cell else cell for cell in row)  # noqa: PLR0124 - only NaN differs from itself
        for row in table.itertuples(index=False, name=None)
    ]


def _group(rows: Sequence[Row]) -> dict[Row, list[int]]:
    groups: defaultdict[Row, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        groups[row].append(at)
    return dict(groups)


def _fitting(
    row: Row, known: tuple[int, ...], whole: Iterable[Row], by_known: dict[tuple[int, ...], dict[Row, list[Row]]]
) -> list[Row]:
    """Return the whole rows that agree with `row` where it is known; `by_known` keeps an index for each pattern."""
    if known not in by_known:
        by_known[known] = _index(whole, known)
    return by_known[known].get(_pick(row, known), [])


def _index(rows: Iterable[Row], known: tuple[int, ...]) -> dict[Row, list[Row]]:
    found: defaultdict[Row, list[Row]] = defaultdict(list)
    for row in rows:
        found[_pick(row, known)].append(row)
    return dict(found)


def _pick(row: Row, positions: tuple[int, ...]) -> Row:
    return tuple(row[at] for at in positions)
