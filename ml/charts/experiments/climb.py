"""The best so far: which runs were better than all before them, and a cloud of the others that can be drawn."""

from __future__ import annotations

from collections.abc import Sequence

from ml.charts.experiments.values import Axis, PlainPoint

STRETCHES = 600
MOST_RECORDS = 1_000


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


def thin(points: Sequence[PlainPoint], stretches: int = STRETCHES) -> list[PlainPoint]:
    """Keep the lowest and the highest of each of so many stretches of time; few points are kept whole."""
    if len(points) <= 2 * stretches:
        return list(points)
    begin, end = points[0][0], points[-1][0]
    length = end - begin + 1
    kept: list[PlainPoint] = []
    place, low, high = 0, points[0], points[0]
    for point in points:
        if (point[0] - begin) * stretches // length != place:
            kept += [low, high]
            place, low, high = (point[0] - begin) * stretches // length, point, point
        elif point[2] < low[2]:
            low = point
        elif point[2] > high[2]:
            high = point
    return sorted({*kept, low, high})


def thin_records(records: Sequence[PlainPoint], most: int = MOST_RECORDS) -> list[PlainPoint]:
    """Keep every record, unless there are more than can be drawn: then evenly many, both ends among them."""
    if len(records) <= most:
        return list(records)
    return [records[place * (len(records) - 1) // (most - 1)] for place in range(most)]
