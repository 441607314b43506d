"""What the model would answer if the row were another: one cell changed, and the fewest that reach each other class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.serve.contract import PredictorColumn
from ml.serve.explain import Answer

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Decide = Callable[[Floats], Ints]
"""From shares to the places of the classes answered, as `Decision.decide`."""

MOST_CHANGED = 3
MOST_ROWS = 6_000
"""Rows that are answered for each number of changed cells."""
MOST_WAYS = 3
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Where a number is tried."""


@dataclass(frozen=True)
class Change:
    """Another cell in the column at this place."""

    column: int
    cell: float


@dataclass(frozen=True)
class Outcome:
    """What is answered after the changes: the class at `place`, every class with its share."""

    changes: tuple[Change, ...]
    place: int
    shares: Floats


@dataclass(frozen=True)
class Reach:
    """The ways with the fewest changes to one class, its likeliest first: the best of `found`, or none at all."""

    place: int
    ways: tuple[Outcome, ...]
    found: int = 0


@dataclass(frozen=True)
class Search:
    """A way, if any, to each class that is not answered now, having changed up to `changed` cells at a time.

    `is_whole` says whether every combination of so many was tried.
    """

    reaches: tuple[Reach, ...]
    changed: int
    is_whole: bool
    tried: int


def list_options(columns: Sequence[PredictorColumn], cells: Floats, known: Floats | None) -> tuple[Change, ...]:
    """Return every other cell that a column is tried with; numbers come from `known` rows, so without them not at all.

    Nobody is asked what would be if a cell were not known.
    """
    changes: list[Change] = []
    for place, column in enumerate(columns):
        if column.is_numeric:
            others = _spread(known[:, place]) if known is not None else []
        else:
            others = [float(code) for code in range(len(column.categories))]
        changes += [Change(place, other) for other in others if other != cells[place]]
    return tuple(changes)


def _spread(values: Floats) -> list[float]:
    present = values[~np.isnan(values)]
    if not len(present):
        return []
    quantiles = np.quantile(present, QUANTILES, method="inverted_cdf")  # values that occur
    return [float(value) for value in np.unique(quantiles)]


def try_each(answer: Answer, decide: Decide, cells: Floats, options: Sequence[Change]) -> tuple[Outcome, ...]:
    """Answer the row once for each change, all in one batch."""
    if not options:
        return ()
    trial = _try(answer, decide, cells, options, np.arange(len(options))[:, None])
    return tuple(trial.outcome(row) for row in range(len(options)))


def reach_others(answer: Answer, decide: Decide, cells: Floats, options: Sequence[Change], classes: int) -> Search:
    """Look for the fewest changes that lead to each class that is not answered: one, then two, then three at a time.

    Parameters
    ----------
    options
        The changes that may be made.
    classes
        How many there are.
    """
    now = int(decide(answer(cells[None]))[0])
    wanted = [place for place in range(classes) if place != now]
    found: dict[int, Reach] = {}
    ranked, changed, tried, is_whole = list(options), 0, 0, True
    while len(found) < len(wanted) and changed < MOST_CHANGED:
        changes, sets, all_fit = _combine(ranked, changed + 1)
        if not len(sets):
            break
        trial = _try(answer, decide, cells, changes, sets)
        if not changed:
            ranked = _rank(trial, wanted)
        changed, tried, is_whole = changed + 1, tried + len(sets), is_whole and all_fit
        found |= {place: trial.find_ways(place) for place in wanted if place not in found and place in trial.places}
    return Search(tuple(found.get(place, Reach(place, ())) for place in wanted), changed, is_whole, tried)


def _rank(trial: _Trial, wanted: Sequence[int]) -> list[Change]:
    """Put the changes first that alone do most for the classes that are not answered."""
    most = trial.shares[:, wanted].max(axis=1)
    return [trial.changes[i] for i in np.argsort(-most, kind="stable")]


def _combine(ranked: Sequence[Change], size: int) -> tuple[list[Change], Ints, bool]:
    """Put changes of different columns together, leaving out the last ones until they are few enough.

    Returns the changes that are left, sets of their places, shape (sets, size), and whether all are left. A set is no
    tuple of its own: thousands of those would set off the garbage collector.
    """
    kept = len(ranked)
    while _count_sets(ranked[:kept], size) > MOST_ROWS:
        kept = kept * 19 // 20
    changes = sorted(ranked[:kept], key=lambda change: change.column)
    columns = np.array([change.column for change in changes], dtype=np.int64)
    sets = np.arange(len(changes))[:, None]
    for _ in range(size - 1):
        left, right = np.nonzero(columns[sets[:, -1]][:, None] < columns)
        sets = np.column_stack([sets[left], right])
    return changes, sets, kept == len(ranked)


def _count_sets(changes: Sequence[Change], size: int) -> int:
    """Return how many sets of `size` changes of different columns there are: a coefficient of a polynomial."""
    sums = [1] + [0] * size
    for count in Counter(change.column for change in changes).values():
        for i in range(size, 0, -1):
            sums[i] += sums[i - 1] * count
    return sums[size]


@dataclass(frozen=True)
class _Trial:
    """Rows that were answered together, each with the places of its changes."""

    changes: Sequence[Change]
    sets: Ints
    shares: Floats
    places: Ints

    def outcome(self, row: int) -> Outcome:
        return Outcome(tuple(self.changes[i] for i in self.sets[row]), int(self.places[row]), self.shares[row])

    def find_ways(self, place: int) -> Reach:
        rows = np.flatnonzero(self.places == place)
        best = rows[np.argsort(-self.shares[rows, place], kind="stable")][:MOST_WAYS]
        return Reach(place, tuple(self.outcome(int(row)) for row in best), len(rows))


def _try(answer: Answer, decide: Decide, cells: Floats, changes: Sequence[Change], sets: Ints) -> _Trial:
    columns = np.array([change.column for change in changes], dtype=np.int64)
    others = np.array([change.cell for change in changes])
    rows = np.tile(cells, (len(sets), 1))
    rows[np.arange(len(sets))[:, None], columns[sets]] = others[sets]
    shares = answer(rows)
    return _Trial(changes, sets, shares, decide(shares))
