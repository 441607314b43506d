"""What two metrics cost each other: the runs that no other run beats, and a cloud of the others."""

from __future__ import annotations

from collections.abc import Sequence

from ml.charts.experiments.values import Axis, PlainPair

GRID = 44
"""A cloud has one run in each cell of a grid of so many columns and rows, which is finer than the marks."""


def find_front(pairs: Sequence[PlainPair], x: Axis, y: Axis) -> list[PlainPair]:
    """Return the runs that none dominates, the best in `x` first.

    A run dominates another that it equals or beats in both metrics and beats in one: of equals all are on the front.
    """
    sign_x, sign_y = (-1.0 if axis.is_lower_better else 1.0 for axis in (x, y))
    turned = [(-sign_x * pair[1], -sign_y * pair[2], pair[0], pair) for pair in pairs]
    turned.sort()
    front: list[PlainPair] = []
    best_x = best_y = float("inf")
    for loss_x, loss_y, _run, pair in turned:
        if loss_y < best_y:
            best_x, best_y = loss_x, loss_y
            front.append(pair)
        elif loss_y == best_y and loss_x == best_x:
            front.append(pair)
    return front


def thin_cloud(pairs: Sequence[PlainPair], grid: int = GRID) -> list[PlainPair]:
    """Keep one run in each cell; few runs are kept whole."""
    if len(pairs) <= grid * grid:
        return list(pairs)
    low_x, wide = _measure([pair[1] for pair in pairs])
    low_y, tall = _measure([pair[2] for pair in pairs])
    last = grid - 1
    kept = {
        (int((pair[1] / 2 - low_x) / wide * last), int((pair[2] / 2 - low_y) / tall * last)): pair for pair in pairs
    }
    return list(kept.values())


def _measure(values: Sequence[float]) -> tuple[float, float]:
    """Half of the lowest, and half of the way to the highest: the whole of it may be more than a float holds."""
    low = min(values) / 2
    return low, (max(values) / 2 - low) or 1.0
