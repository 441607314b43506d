"""What two metrics cost each other: the runs that no other run beats, and a cloud of the others."""

from __future__ import annotations

from collections.abc import Sequence

from ml.charts.experiments.values import Axis, Pair

GRID = 40
"""A cloud has one run in each cell of a grid of so many columns and rows, which is finer than the marks."""
MOST_MEMBERS = 1_000


def find_front(pairs: Sequence[Pair], x: Axis, y: Axis) -> list[Pair]:
    """Return the runs that none dominates, the best in `x` first.

    A run dominates another that it equals or beats in both metrics and beats in one: of equals all are on the front.
    """
    front: list[Pair] = []
    best_x = best_y = float("-inf")
    for pair in sorted(pairs, key=lambda pair: (-x.gain(pair.x), -y.gain(pair.y), pair.run)):
        gain_x, gain_y = x.gain(pair.x), y.gain(pair.y)
        if gain_y > best_y:
            best_x, best_y = gain_x, gain_y
            front.append(pair)
        elif (gain_x, gain_y) == (best_x, best_y):
            front.append(pair)
    return front


def thin_cloud(pairs: Sequence[Pair], grid: int = GRID) -> list[Pair]:
    """Keep the first run of each cell; few runs are kept whole."""
    if len(pairs) <= grid * grid:
        return list(pairs)
    low_x, wide = _measure([pair.x for pair in pairs])
    low_y, tall = _measure([pair.y for pair in pairs])
    kept: dict[tuple[int, int], Pair] = {}
    for pair in pairs:
        cell = int((pair.x / 2 - low_x) / wide * (grid - 1)), int((pair.y / 2 - low_y) / tall * (grid - 1))
        kept.setdefault(cell, pair)
    return list(kept.values())


def _measure(values: Sequence[float]) -> tuple[float, float]:
    """Half of the lowest, and half of the way to the highest: the whole of it may be more than a float holds."""
    low = min(values) / 2
    return low, (max(values) / 2 - low) or 1.0


def thin_front(front: Sequence[Pair], most: int = MOST_MEMBERS) -> list[Pair]:
    """Keep every member, unless there are more than can be drawn: then evenly many of them, both ends among them."""
    if len(front) <= most:
        return list(front)
    return [front[place * (len(front) - 1) // (most - 1)] for place in range(most)]
