"""The best so far: which runs were better than all before them, and a cloud of the others that can be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from ml.charts.experiments.values import Axis, PlainPoint

MOST = 1_000
"""Marks of one kind in a chart."""
_Mark = TypeVar("_Mark")


def find_records(points: Sequence[PlainPoint], axis: Axis) -> list[PlainPoint]:
    """Return the runs that were better than every run before them; `points` are in the order of time."""
    sign = -1.0 if axis.is_lower_better else 1.0
    records: list[PlainPoint] = []
    best = float("-inf")
    for point in points:
        gain = sign * point[2]
        if gain > best:
            best = gain
            records.append(point)
    return records


def thin(marks: Sequence[_Mark], most: int = MOST) -> list[_Mark]:
    """Keep evenly many in their order, both ends among them: where there were more runs, there are more marks."""
    if len(marks) <= most:
        return list(marks)
    return [marks[place * (len(marks) - 1) // (most - 1)] for place in range(most)]
