from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ml.evaluate.intervals import compare_means, estimate_mean

VALUES = np.random.default_rng(4).normal(0.52, 0.04, 50)
OTHERS = VALUES - np.random.default_rng(5).normal(0.02, 0.03, 50)


def corrected_error(values: np.ndarray, folds: int) -> float:
    return float(stats.sem(values) * np.sqrt(1 + len(values) / (folds - 1)))


def test_the_interval_is_scipys_with_the_error_of_nadeau_and_bengio() -> None:
    found = estimate_mean(VALUES, 5)
    low, high = stats.t.interval(0.95, df=49, loc=VALUES.mean(), scale=corrected_error(VALUES, 5))
    assert (found.mean, found.low, found.high) == pytest.approx((VALUES.mean(), low, high))


def test_three_values_by_hand() -> None:
    found = estimate_mean(np.array([0.4, 0.5, 0.6]), 3)
    assert found.high - found.mean == pytest.approx(4.302652729911275 * np.sqrt((1 / 3 + 1 / 2) * 0.01))


def test_more_repeats_of_the_same_rows_do_not_make_it_vanish() -> None:
    few, many = estimate_mean(VALUES, 5), estimate_mean(np.tile(VALUES, 200), 5)
    floor = 1.96 * np.sqrt(VALUES.var() / 4)
    assert floor < many.high - many.mean < few.high - few.mean


def test_a_difference_is_tested_as_scipy_would_with_the_corrected_error() -> None:
    found = compare_means(VALUES, OTHERS, 5)
    differences = VALUES - OTHERS
    plain = stats.ttest_rel(VALUES, OTHERS)
    statistic = plain.statistic / np.sqrt(1 + 50 / 4)
    assert found.p_value == pytest.approx(2 * stats.t.sf(abs(statistic), 49))
    assert found.p_value > plain.pvalue
    assert found.mean == pytest.approx(differences.mean())
    assert (found.low > 0 or found.high < 0) == (found.p_value < 0.05)


def test_the_two_sides_of_a_comparison_mirror_each_other() -> None:
    one, other = compare_means(VALUES, OTHERS, 5), compare_means(OTHERS, VALUES, 5)
    assert (one.mean, one.low, one.high) == pytest.approx((-other.mean, -other.high, -other.low))
    assert one.p_value == pytest.approx(other.p_value)


def test_equal_folds_have_no_width_and_their_difference_no_doubt() -> None:
    level = np.full(10, 0.1 + 0.2)
    found = estimate_mean(level, 5)
    assert found.low == found.mean == found.high == pytest.approx(0.3)
    assert compare_means(level, level, 5).p_value == 1
    assert compare_means(level, level - 0.125, 5).p_value == 0


def test_ends_beyond_a_bound_are_left_there() -> None:
    assert estimate_mean(np.array([1.0, 1.0, 1.0, 0.9]), 2).high > 1
