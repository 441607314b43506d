"""Answer coded rows, each distinct one once: where a few columns have a few categories, most rows of a file repeat."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.batch.coding import Coded, Coder
from ml.serve.contract import Cell
from ml.serve.predictor import Predictor

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MOST_KNOWN = 50_000
"""Distinct rows whose answers are remembered from one part of a file to the next."""
_LARGEST_KEY = 2**62


@dataclass(frozen=True)
class Answer:
    """A distinct row, and what the model says of it; `shares` are in the order of its classes."""

    cells: tuple[Cell, ...]
    named: str
    shares: tuple[float, ...]
    set: tuple[str, ...] | None


@dataclass(frozen=True)
class AnsweredPart:
    """A part of a file with its answers: the row at `good[i]` of the part has the answer `answers[of_row[i]]`.

    `latency_us` is what predicting took, in microseconds.
    """

    answers: tuple[Answer, ...]
    good: Sequence[int]
    of_row: Sequence[int]
    latency_us: int


class Answerer:
    """Answers the parts of one file with one version."""

    def __init__(self, predictor: Predictor, coder: Coder, *, repeats_once: bool = True) -> None:
        self.predictor = predictor
        self._coder, self._repeats_once = coder, repeats_once
        self._known: dict[bytes, Answer] = {}

    def answer(self, coded: Coded, rows: int) -> AnsweredPart:
        """Answer the rows of a part that can be."""
        began = time.perf_counter_ns()
        cells = np.array(coded.columns, dtype=np.float64).T if coded.columns else np.empty((rows, 0))
        good: Sequence[int] = range(rows)
        if coded.bad:
            good = [at for at in range(rows) if at not in coded.bad]
            cells = cells[good]
        if not self._repeats_once:
            answers = self._predict(cells)
            return AnsweredPart(answers, good, range(len(answers)), _since(began))
        distinct, of_row = self._find_distinct(cells)
        answers = self._look_up(np.ascontiguousarray(distinct))
        return AnsweredPart(answers, good, of_row.tolist(), _since(began))

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

    def _look_up(self, distinct: Floats) -> tuple[Answer, ...]:
        names = [row.tobytes() for row in distinct]
        new = [place for place, name in enumerate(names) if name not in self._known]
        if len(self._known) + len(new) > MOST_KNOWN:
            self._known, new = {}, list(range(len(names)))
        if new:
            answers = self._predict(distinct[new])
            self._known |= {names[place]: answer for place, answer in zip(new, answers, strict=True)}
        return tuple(self._known[name] for name in names)

    def _predict(self, cells: Floats) -> tuple[Answer, ...]:
        if not len(cells):
            return ()
        predictor = self.predictor
        probabilities = predictor.predict_cells(cells)
        classes, sets = predictor.classes, predictor.sets
        return tuple(
            Answer(
                self._coder.name_row(row),
                named,
                tuple(shares),
                tuple(classes[place] for place in sets.choose(shares)) if sets else None,
            )
            for row, named, shares in zip(
                cells.tolist(), predictor.decide(probabilities), probabilities.tolist(), strict=True
            )
        )


def _since(began: int) -> int:
    return (time.perf_counter_ns() - began) // 1000
