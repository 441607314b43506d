from math import sqrt

import pytest

from ml.histories import Smoother
from ml.overlays import Band, Strand, average_groups, list_ends, smooth_bands


def band(begin: float, *values: float, width: float = 0) -> Band:
    if not values:
        return Band(begin, begin + width, 1, None, None, None)
    return Band(begin, begin + width, len(values), min(values), max(values), sum(values) / len(values))


def strand(name: str, group: str, *values: float) -> Strand:
    bands = tuple(band(step, value) for step, value in enumerate(values))
    return Strand(name, name, group, bands, 0, 0, values[-1])


def test_both_ends_of_a_band_are_drawn_the_nearer_first() -> None:
    bands = (band(0, 1.0), band(2, 5.0, 8.0, width=2), band(6, 9.0, 4.0), band(9), band(10, 1.0))
    assert list_ends(bands) == [(0, 1.0), (3, 5.0), (3, 8.0), (6, 9.0), (6, 4.0), (9, None), (10, 1.0)]


def test_bands_of_one_value_are_smoothed_as_the_values_are() -> None:
    smoother, values = Smoother(0.8), (3.0, 1.0, 4.0, 1.0)
    found = smooth_bands([band(place, value) for place, value in enumerate(values)], 0.8)
    assert [value for _at, value in found] == pytest.approx([smoother(value) for value in values])


def test_a_band_of_many_values_weighs_as_many() -> None:
    smoother = Smoother(0.8)
    for value in (1.0, *[5.0] * 10):
        expected = smoother(value)
    assert smooth_bands([band(0, 1.0), band(1, *[5.0] * 10)], 0.8)[-1][1] == pytest.approx(expected)


def test_runs_of_a_group_are_averaged_with_their_spread() -> None:
    (group,) = average_groups([strand("a", "x", 1.0, 2.0), strand("b", "x", 3.0, 6.0)])
    first, last = group.points[0], group.points[-1]
    assert (first.mean, first.spread, first.runs) == (2.0, pytest.approx(sqrt(2)), 2)
    assert (last.mean, last.spread) == (4.0, pytest.approx(sqrt(8)))


def test_a_run_counts_only_as_far_as_it_goes() -> None:
    (group,) = average_groups([strand("a", "x", 1.0, 1.0), strand("b", "x", 3.0, 3.0, 3.0, 3.0)])
    assert [group.points[place].runs for place in (0, -1)] == [2, 1]
    assert (group.points[-1].mean, group.points[-1].spread) == (3.0, None)


def test_groups_stand_apart() -> None:
    found = average_groups([strand("a", "y", 1.0), strand("b", "x", 3.0)])
    assert [(group.name, group.points[0].mean) for group in found] == [("x", 3.0), ("y", 1.0)]
