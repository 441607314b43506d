"""The paired test in plain Python, against SciPy, statsmodels, and our own with SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from ml.evaluate.intervals import compare_means
from ml.significance import adjust_holm, pair_folds, t_quantile, two_sided_p, wilson_interval

FREEDOMS = (1, 2, 3, 4, 9, 10, 49, 50, 499, 1000)


@pytest.mark.parametrize("freedom", FREEDOMS)
@pytest.mark.parametrize("t", [0.0, 0.01, 0.7, -2.0, 3.5, 12.0, 400.0])
def test_p_is_that_of_scipy(t: float, freedom: int) -> None:
    assert two_sided_p(t, freedom) == pytest.approx(2 * stats.t.sf(abs(t), freedom), abs=1e-12)


@pytest.mark.parametrize("freedom", FREEDOMS)
def test_the_quantile_is_that_of_scipy(freedom: int) -> None:
    assert t_quantile(0.95, freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=1e-9)


@pytest.mark.parametrize("count", [2, 10, 15, 50])
def test_a_pair_is_what_the_evaluation_makes_of_it(count: int) -> None:
    random = np.random.default_rng(count)
    values, others = random.normal(0.5, 0.04, count), random.normal(0.48, 0.04, count)
    found, expected = pair_folds(values.tolist(), others.tolist(), 5), compare_means(values, others, 5)
    assert (found.mean, found.low, found.high) == pytest.approx((expected.mean, expected.low, expected.high), rel=1e-9)
    assert found.p_value == pytest.approx(expected.p_value, abs=1e-12)


@pytest.mark.parametrize(("shift", "p_value"), [(0.0, 1.0), (0.25, 0.0)])
def test_equal_differences_leave_nothing_to_chance(shift: float, p_value: float) -> None:
    found = pair_folds([0.5 + shift, 0.25 + shift], [0.5, 0.25], 2)
    assert (found.mean, found.low, found.high, found.p_value) == (shift, shift, shift, p_value)


@pytest.mark.parametrize("seed", range(5))
def test_holm_is_what_statsmodels_says(seed: int) -> None:
    p_values = np.random.default_rng(seed).uniform(0, 0.2, 9)
    p_values[3] = p_values[4]
    expected = multipletests(p_values, method="holm")[1]
    assert adjust_holm(p_values.tolist()) == pytest.approx(expected, abs=1e-12)


def test_nothing_to_adjust() -> None:
    assert adjust_holm([]) == []


@pytest.mark.parametrize(("hits", "rows"), [(0, 1), (1, 1), (8, 20), (0, 10), (194, 380), (99_999, 100_000)])
def test_the_interval_of_a_share_is_that_of_scipy(hits: int, rows: int) -> None:
    expected = stats.binomtest(hits, rows).proportion_ci(method="wilson")
    assert wilson_interval(hits, rows) == pytest.approx((expected.low, expected.high))
