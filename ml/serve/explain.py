"""Why a model answers as it does: each column's share in the way from the base rate to this answer.

Shapley values of the interventional kind (Lundberg and Lee 2017; Janzing, Minorics and Blöbaum 2020): a column that is
out takes the value of a background row. On the scale of probability, because that is what the answer is stated in and
what every family has. See docs/decisions/explaining.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ml.serve.training_rows import Background

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Answer = Callable[[Floats], Floats]
"""From rows of cells to shares of the classes, as `Predictor.predict_cells`."""

MOST_COALITIONS = 60_000
"""Rows with which it is still exact; beyond, permutations are drawn."""
SAMPLED_ROWS = 20_000
WIDEST = 16
_SEED = 582
_LARGEST_KEY = 2**62


@dataclass(frozen=True)
class Why:
    """`pushes[column, class]` add up to `answer - base`, each being a difference of probabilities.

    `errors` are their standard errors where permutations were drawn; None where the values are exact.
    """

    base: Floats
    answer: Floats
    pushes: Floats
    errors: Floats | None = None


def explain_answer(answer: Answer, cells: Floats, background: Background) -> Why:
    """Return the Shapley value of each cell for each class, exact where few enough columns differ.

    A column whose cell is that of a background row plays no part against that row, so only the columns that differ are
    put together in all ways; rows that arise twice are answered once.
    """
    differs = ~_same(cells, background.cells)
    widths = differs.sum(axis=1)
    if widths.max(initial=0) <= WIDEST and int((1 << widths).sum()) <= MOST_COALITIONS:
        return _explain_exactly(answer, cells, background, differs)
    return _explain_by_sampling(answer, cells, background, differs)


def _same(cells: Floats, others: Floats) -> Bools:
    same: Bools = (cells == others) | (np.isnan(cells) & np.isnan(others))
    return same


def _explain_exactly(answer: Answer, cells: Floats, background: Background, differs: Bools) -> Why:
    taken, owners, starts = [], [], [0]
    for owner, row in enumerate(differs):
        places = np.flatnonzero(row)
        coalitions = _coalitions(len(places))
        mask = np.zeros((len(coalitions), len(cells)), dtype=bool)
        mask[:, places] = coalitions
        taken.append(mask)
        owners.append(np.full(len(coalitions), owner))
        starts.append(starts[-1] + len(coalitions))
    shares = _answer_once(answer, cells, background.cells, np.concatenate(taken), np.concatenate(owners))
    pushes = np.zeros((len(cells), shares.shape[1]))
    base = np.zeros(shares.shape[1])
    for owner, weight in enumerate(background.weights):
        values = shares[starts[owner] : starts[owner + 1]]
        places = np.flatnonzero(differs[owner])
        base += weight * values[0]
        pushes[places] += weight * (_marginals(len(places)) @ values)
    return Why(base, shares[starts[1] - 1], pushes)


def _answer_once(answer: Answer, cells: Floats, rows: Floats, taken: Bools, owners: Ints) -> Floats:
    """Answer each row that has `cells` where `taken` and the owner's elsewhere, twins only once."""
    first, inverse = _find_twins(cells, rows, taken, owners)
    mixed = np.where(taken[first], cells, rows[owners[first]])
    return answer(mixed)[inverse]


def _find_twins(cells: Floats, rows: Floats, taken: Bools, owners: Ints) -> tuple[Ints, Ints]:
    """Return where each distinct row is first, and which distinct row each is, by one whole number a row."""
    places = np.zeros(rows.shape, dtype=np.int64)
    for column, values in enumerate(rows.T):
        places[:, column] = np.unique(values, return_inverse=True, equal_nan=True)[1].reshape(-1) + 1
    places[_same(cells, rows)] = 0
    strides = [1]
    for size in places.max(axis=0):
        strides.append(strides[-1] * (int(size) + 1))
    if strides[-1] > _LARGEST_KEY:
        every = np.arange(len(owners))
        return every, every
    keys = (places * np.array(strides[:-1]))[owners]
    keys[taken] = 0
    _, first, inverse = np.unique(keys.sum(axis=1), return_index=True, return_inverse=True)
    return first, inverse.reshape(-1)


@lru_cache(maxsize=WIDEST + 1)
def _coalitions(width: int) -> Bools:
    """Every set of `width` columns, the empty one first and the full one last; shape (2^width, width)."""
    return ((np.arange(1 << width)[:, None] >> np.arange(width)) & 1).astype(bool)


@lru_cache(maxsize=WIDEST + 1)
def _marginals(width: int) -> Floats:
    """Shapley's weights of the answers of all coalitions: shape (width, 2^width)."""
    coalitions = _coalitions(width)
    sizes = coalitions.sum(axis=1)
    counted = [math.factorial(size) * math.factorial(width - size - 1) for size in range(width)]
    weights = np.array([*counted, 0], dtype=np.float64) / math.factorial(width)
    joined, apart = np.append(0.0, weights[:-1])[sizes], weights[sizes]
    marginals: Floats = np.where(coalitions.T, joined, -apart)
    return marginals


def _explain_by_sampling(answer: Answer, cells: Floats, background: Background, differs: Bools) -> Why:
    """Average over random orders and their reverses, the same number for every background row.

    Each order adds up by itself, so the whole does too. The pairs' spread gives the error: background rows are not
    drawn, they are all there.
    """
    count, width = differs.shape
    pairs = max(2, SAMPLED_ROWS // (2 * (width + 1) * count))
    random = np.random.default_rng(_SEED)
    orders = random.permuted(np.broadcast_to(np.arange(width), (count * pairs, width)), axis=1)
    orders = np.stack([orders, orders[:, ::-1]], axis=1).reshape(-1, width)  # each beside its reverse
    ranks = np.argsort(orders, axis=1)
    taken = (ranks[:, None, :] < np.arange(width + 1)[None, :, None]).reshape(-1, width)
    owners = np.repeat(np.arange(count), 2 * pairs * (width + 1))
    shares = answer(np.where(taken, cells, background.cells[owners]))
    steps = np.diff(shares.reshape(len(orders), width + 1, -1), axis=1)
    gains = np.take_along_axis(steps, ranks[:, :, None], axis=1)
    means = gains.reshape(count, pairs, 2, width, -1).mean(axis=2)
    weights = background.weights[:, None, None]
    errors = np.sqrt((weights**2 * means.var(axis=1, ddof=1) / pairs).sum(axis=0))
    first = shares.reshape(count, -1, width + 1, shares.shape[1])
    base = (background.weights[:, None] * first[:, 0, 0]).sum(axis=0)
    return Why(base, first[0, 0, -1], (weights * means.mean(axis=1)).sum(axis=0), errors)
