from math import ceil, inf, isfinite, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.histories import Curve, Point, Smoother, join_stretches, list_drawn, trace_curve

ANY = st.floats(width=32) | st.just(nan) | st.just(inf)
MOST = 20
VALUES = st.lists(ANY, min_size=1, max_size=MOST) | st.lists(ANY, min_size=3 * MOST, max_size=8 * MOST)
"""Few enough to be drawn as they are, or so many that they are thinned."""


def trace(values: list[float], most: int = MOST, weight: float = 0.0) -> Curve:
    points = [Point(place, place, place * 1000, value) for place, value in enumerate(values)]
    return trace_curve("loss", points, len(values), weight=weight, most=most)


def drawn(curve: Curve) -> list[Point]:
    return [point for point in list_drawn(curve.stretches) if point]


# ── thinning ─────────────────────────────────────────────────────────────────
@given(VALUES)
def test_the_lowest_and_highest_of_every_stretch_are_drawn(values: list[float]) -> None:
    kept = {point.place for point in drawn(trace(values))}
    size = 1 if len(values) <= MOST else ceil(len(values) / (MOST // 2))
    for start in range(0, len(values), size):
        finite = [value for value in values[start : start + size] if isfinite(value)]
        found = [values[place] for place in kept if start <= place < start + size]
        assert not finite or {min(finite), max(finite)} <= set(found)


@given(VALUES)
def test_the_first_and_last_finite_values_are_drawn(values: list[float]) -> None:
    finite = [place for place, value in enumerate(values) if isfinite(value)]
    found = [point.place for point in drawn(trace(values))]
    assert (found[:1], found[-1:]) == (finite[:1], finite[-1:])


@given(VALUES)
def test_what_is_drawn_is_in_order_and_not_too_much(values: list[float]) -> None:
    places = [point.place for point in drawn(trace(values))]
    assert places == sorted(set(places))
    assert len(places) <= MOST + 2


@given(VALUES)
def test_values_that_are_not_finite_are_counted(values: list[float]) -> None:
    curve = trace(values)
    assert curve.count == len(values)
    assert curve.nans == sum(value != value for value in values)  # noqa: PLR0124 - that is what NaN is
    assert curve.infinities == sum(value in {inf, -inf} for value in values)


def test_few_values_are_all_drawn_with_a_gap_where_one_is_missing() -> None:
    found = list(list_drawn(trace([3.0, nan, 1.0, 2.0]).stretches))
    assert [point and point.value for point in found] == [3.0, None, 1.0, 2.0]


def test_one_spike_among_ten_thousand_values_is_drawn() -> None:
    values = [0.0] * 10_000
    values[4_321] = 99.0
    assert Point(4_321, 4_321, 4_321_000, 99.0) in drawn(trace(values, most=1000))


def test_the_step_that_goes_back_is_counted() -> None:
    points = [Point(place, step, place, 1.0) for place, step in enumerate((0, 1, 0, 5, 4))]
    assert trace_curve("loss", points, 5).turns == 2


@given(VALUES, st.integers(1, 30))
def test_joined_stretches_lose_nothing(values: list[float], most: int) -> None:
    curve = trace(values)
    joined = join_stretches(curve.stretches, most)
    assert len(joined) <= most
    assert sum(item.count for item in joined) == len(values)
    whole = Curve("loss", len(values), 0, 0, 0, joined)
    assert (whole.lowest, whole.highest, whole.last) == (curve.lowest, curve.highest, curve.last)


# ── smoothing ────────────────────────────────────────────────────────────────
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50), st.floats(0, 0.99))
def test_the_moving_average_is_the_weighted_mean_of_all_so_far(values: list[float], weight: float) -> None:
    smoother = Smoother(weight)
    for end, smooth in enumerate(map(smoother, values), 1):
        weights = [weight ** (end - 1 - place) for place in range(end)]
        naive = sum(w * value for w, value in zip(weights, values, strict=False)) / sum(weights)
        assert smooth == pytest.approx(naive, rel=1e-6, abs=1e-6)


def test_a_gap_changes_nothing_that_comes_after() -> None:
    smoother = Smoother(0.9)
    smoothed = [smoother(value) for value in (1.0, nan, inf, 2.0)]
    other = Smoother(0.9)
    assert [smoothed[0], smoothed[3]] == [other(1.0), other(2.0)]
    assert not any(isfinite(value) for value in smoothed[1:3])


def test_the_average_is_of_all_values_and_not_of_those_drawn() -> None:
    smoother = Smoother(0.9)
    values = [float(place % 7) for place in range(100)]
    expected = [smoother(value) for value in values][-1]
    assert trace(values, weight=0.9).smoothed[-1].final.value == expected  # type: ignore[union-attr]
