"""The best so far: which runs were better than all before them, and a cloud of the others that can be drawn."""

from __future__ import annotations

from collections.abc import Sequence

from ml.charts.experiments.values import Axis, Point

STRETCHES = 600
MOST_RECORDS = 1_000


def find_records(points: Sequence[Point], axis: Axis) -> list[Point]:
    """Return the runs that were better than every run before them; `points` are in the order of time."""
    records: list[Point] = []
    best = float("-inf")
    for point in points:
        gain = axis.gain(point.value)
        if gain > best:
            best = gain
            records.append(point)
    return records


def thin(points: Sequence[Point], stretches: int = STRETCHES) -> list[Point]:
    """Keep the lowest and the highest of each of so many stretches of time; few points are kept whole."""
    if len(points) <= 2 * stretches:
        return list(points)
    begin, end = points[0].started_at, points[-1].started_at
    ends: dict[int, tuple[Point, Point]] = {}
    for point in points:
        place = (point.started_at - begin) * stretches // (end - begin + 1)
        if place not in ends:
            ends[place] = (point, point)
        elif point.value < ends[place][0].value:
            ends[place] = (point, ends[place][1])
        elif point.value > ends[place][1].value:
            ends[place] = (ends[place][0], point)
    return sorted({point for pair in ends.values() for point in pair}, key=_when)


def thin_records(records: Sequence[Point], most: int = MOST_RECORDS) -> list[Point]:
    """Keep every record, unless there are more than can be drawn: then evenly many of them, the last among them."""
    if len(records) <= most:
        return list(records)
    places = {(place + 1) * len(records) // most - 1 for place in range(most)} | {0}
    return [records[place] for place in sorted(places)]


def _when(point: Point) -> tuple[int, int]:
    return point.started_at, point.run
