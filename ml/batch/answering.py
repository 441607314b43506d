"""Answer coded rows, each distinct one once: where a few columns have a few categories, most rows of a file repeat."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.batch.coding import Coded
from ml.serve.predictor import Predictor

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MOST_KNOWN = 50_000
"""Distinct rows whose answers are remembered from one part of a file to the next."""
_LARGEST_KEY = 2**62


@dataclass(frozen=True)
class AnsweredPart:
    """A part of a file with its answers: the row at `good[i]` of the part is answered like distinct row `of_row[i]`.

    Of the distinct rows, in the order of the model's columns and classes: `cells` are the codes, `shares` the
    probabilities, `named` the places of the classes that are answered, and `sets` says of each class whether it is in
    the set; None where the model has none. `latency_us` is what predicting took, in microseconds.
    """

    cells: Floats
    shares: Floats
    named: Ints
    sets: npt.NDArray[np.bool_] | None
    good: Sequence[int]
    of_row: Ints
    latency_us: int


def name_sets(sets: npt.NDArray[np.bool_], classes: Sequence[str]) -> list[tuple[str, ...]]:
    """Name the classes that are in each row's set; rows with the same one share its value."""
    found, of_row = np.unique(sets, axis=0, return_inverse=True)
    names = [tuple(name for name, is_in in zip(classes, row, strict=True) if is_in) for row in found.tolist()]
    return [names[place] for place in of_row.reshape(-1).tolist()]


class Answerer:
    """Answers the parts of one file with one version."""

    def __init__(self, predictor: Predictor, *, repeats_once: bool = True) -> None:
        self.predictor = predictor
        self._repeats_once = repeats_once
        self._known: dict[bytes, Floats] = {}

    def answer(self, coded: Coded, rows: int) -> AnsweredPart:
        """Answer the rows of a part that can be."""
        began = time.perf_counter_ns()
        cells = np.array(coded.columns, dtype=np.float64).T if coded.columns else np.empty((rows, 0))
        good: Sequence[int] = range(rows)
        if coded.bad:
            good = [at for at in range(rows) if at not in coded.bad]
            cells = cells[good]
        of_row = np.arange(len(cells))
        if self._repeats_once:
            cells, of_row = self._find_distinct(cells)
        shares = self._look_up(cells) if 2 * len(cells) <= len(of_row) else self.predictor.predict_cells(cells)
        named = self.predictor.decision.decide(shares)
        sets = self.predictor.sets.choose_all(shares) if self.predictor.sets else None
        return AnsweredPart(cells, shares, named, sets, good, of_row, (time.perf_counter_ns() - began) // 1000)

    def _find_distinct(self, cells: Floats) -> tuple[Floats, Ints]:
        """Return the distinct rows, and for each row which of them it is."""
        key, size = np.zeros(len(cells), dtype=np.int64), 1
        for column, values in zip(self.predictor.columns, cells.T, strict=True):
            if column.is_numeric:
                found, places = np.unique(values, return_inverse=True)
                radix = max(len(found), 1)
            else:
                places, radix = values.astype(np.int64), len(column.categories) + 1
            if size * radix > _LARGEST_KEY:
                _found, key = np.unique(key, return_inverse=True)
                size = len(cells)
            key, size = key * radix + places, size * radix
        _found, firsts, of_row = np.unique(key, return_index=True, return_inverse=True)
        return cells[firsts], of_row

    def _look_up(self, distinct: Floats) -> Floats:
        """Return the probabilities of distinct rows, asking the model for those that no part before had.

        Where hardly any row repeats, that would cost more than it saves.
        """
        names = [row.tobytes() for row in np.ascontiguousarray(distinct)]
        new = [place for place, name in enumerate(names) if name not in self._known]
        if len(self._known) + len(new) > MOST_KNOWN:
            self._known, new = {}, list(range(len(names)))
        if new:
            shares = self.predictor.predict_cells(distinct[new])
            self._known |= {names[place]: row for place, row in zip(new, shares, strict=True)}
        return np.array([self._known[name] for name in names]).reshape(len(names), len(self.predictor.classes))
