"""Mean and deviation of numbers of any size."""

from __future__ import annotations

import math

import pytest

from ml.spread import deviation, mean


@pytest.mark.parametrize("size", [1.0, 1e17, 1e160, 1.7e308, 1e-12])
def test_they_are_right_whatever_the_size_of_the_numbers(size: float) -> None:
    values = [-0.5 * size, 0.0, 0.5 * size]
    assert mean([value + size / 8 for value in values]) == pytest.approx(size / 8)
    assert deviation(values) == pytest.approx(0.5 * size)


def test_what_no_float_holds_is_the_largest_of_them() -> None:
    found = deviation([-1.7e308, 1.7e308])
    assert found is not None
    assert math.isfinite(found)


def test_a_small_spread_of_great_numbers_does_not_vanish() -> None:
    assert deviation([1e12, 1e12 + 1, 1e12 + 2]) == pytest.approx(1.0)


def test_one_value_has_no_deviation() -> None:
    assert deviation([0.5]) is None
