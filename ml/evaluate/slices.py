"""The figures of a run by group, from its out-of-fold predictions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.evaluate.answers import decide_folds
from ml.evaluate.groups import Masks, find_masks, hide_small
from ml.evaluate.proportions import compare_shares, estimate_row_mean, estimate_share
from ml.examination.people import FEWEST, Gap, Group, Measure, Outcome, OutcomeFigures, Rate, Slicing
from ml.results import OutOfFold
from ml.spec import Column, DatasetSpec, Kind

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_A_PAIR = 2


@dataclass(frozen=True)
class RowFigures:
    """What became of each row, as means over its predictions. `is_in`, `answered` and `expected` are one an outcome."""

    right: Floats
    is_in: tuple[Mask, ...]
    answered: tuple[Floats, ...]
    expected: tuple[Floats, ...]


def find_outcomes(spec: DatasetSpec) -> tuple[Outcome, ...]:
    """Return the classes above the middle as one outcome where classes are ordered, else each class as its own."""
    classes = spec.target.categories
    if spec.target.kind is Kind.ORDINAL:
        return (Outcome(tuple(name for place, name in enumerate(classes) if place > (len(classes) - 1) / 2)),)
    return tuple(Outcome((name,)) for name in classes)


def measure_rows(out_of_fold: OutOfFold, outcomes: Sequence[Outcome], classes: tuple[str, ...]) -> RowFigures:
    """Average each row's answers over the repeats."""
    answers = decide_folds(out_of_fold)
    members = [[classes.index(name) for name in outcome.classes] for outcome in outcomes]
    return RowFigures(
        right=(answers == out_of_fold.truth).mean(axis=0),
        is_in=tuple(np.isin(out_of_fold.truth, member) for member in members),
        answered=tuple(np.isin(answers, member).mean(axis=0) for member in members),
        expected=tuple(out_of_fold.probabilities[:, :, member].sum(axis=2).mean(axis=0) for member in members),
    )


def describe_everybody(rows: RowFigures) -> Group:
    """Return the figures of all rows, which every group is held against."""
    masks: Masks = {(): np.ones(len(rows.right), dtype=bool)}
    return _describe_groups(masks, rows)[0]


def slice_rows(table: pd.DataFrame, columns: Sequence[Column], rows: RowFigures) -> tuple[Slicing, ...]:
    """Cut the rows by each column, and by each pair of them."""
    cuts = [*((column,) for column in columns), *combinations(columns, _A_PAIR)]
    return tuple(_slice(find_masks(table, cut), tuple(column.name for column in cut), rows) for cut in cuts)


def _slice(masks: Masks, columns: tuple[str, ...], rows: RowFigures) -> Slicing:
    groups = _describe_groups(masks, rows)
    shown = {group.categories: masks[group.categories] for group in groups if group.rows is not None}
    return Slicing(columns, groups, tuple(_find_gaps(shown, rows)))


def _describe_groups(masks: Masks, rows: RowFigures) -> tuple[Group, ...]:
    hidden = hide_small({key: int(mask.sum()) for key, mask in masks.items()})
    shown = {key: mask for key, mask in masks.items() if key not in hidden}
    are_countable = [_are_countable(shown, is_in) for is_in in rows.is_in]
    return tuple(
        _describe(key, mask, rows, are_countable) if key in shown else Group(key, None, None, ())
        for key, mask in masks.items()
    )


def _are_countable(masks: Masks, is_in: Mask) -> bool:
    """Whether the rows in and outside of an outcome may be counted in each group without giving away a small count."""
    return all(
        min(int((mask & is_in).sum()), int((mask & ~is_in).sum())) >= FEWEST for mask in masks.values()
    )  # fmt: skip


def _describe(categories: tuple[str | None, ...], mask: Mask, rows: RowFigures, are_countable: Sequence[bool]) -> Group:
    return Group(
        categories=categories,
        rows=int(mask.sum()),
        accuracy=estimate_share(rows.right[mask]),
        outcomes=tuple(
            OutcomeFigures(
                found=_rate(answered[mask & is_in], is_countable=is_countable),
                false_alarm=_rate(answered[mask & ~is_in], is_countable=is_countable),
                surplus=estimate_row_mean(expected[mask] - is_in[mask]),
            )
            for is_in, answered, expected, is_countable in zip(
                rows.is_in, rows.answered, rows.expected, are_countable, strict=True
            )
        ),
    )


def _rate(hits: Floats, *, is_countable: bool) -> Rate:
    if len(hits) < FEWEST:
        return Rate(None, None)
    return Rate(estimate_share(hits), len(hits) if is_countable else None)


def _find_gaps(masks: Masks, rows: RowFigures) -> Iterator[Gap]:
    """Yield the largest gap of each measure between two groups that have enough rows for it."""
    found = [_largest_gap("accuracy", None, {key: rows.right[mask] for key, mask in masks.items()})]
    for place, (is_in, answered) in enumerate(zip(rows.is_in, rows.answered, strict=True)):
        found.append(_largest_gap("found", place, {key: answered[mask & is_in] for key, mask in masks.items()}))
        found.append(_largest_gap("false_alarm", place, {key: answered[mask & ~is_in] for key, mask in masks.items()}))
    yield from (gap for gap in found if gap is not None)


def _largest_gap(measure: Measure, outcome: int | None, hits: dict[tuple[str | None, ...], Floats]) -> Gap | None:
    enough = {key: values for key, values in hits.items() if len(values) >= FEWEST}
    if len(enough) < _A_PAIR:
        return None
    higher = max(enough, key=lambda key: float(enough[key].mean()))
    lower = min((key for key in enough if key != higher), key=lambda key: float(enough[key].mean()))
    pairs = len(enough) * (len(enough) - 1) // 2
    return Gap(measure, outcome, higher, lower, compare_shares(enough[higher], enough[lower], pairs), pairs)
