"""Shares of rows and their differences, held against statsmodels and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from ml.evaluate.proportions import compare_shares, estimate_row_mean, estimate_share


def hits(count: int, rows: int) -> np.ndarray:
    return np.repeat([1.0, 0.0], [count, rows - count])


@pytest.mark.parametrize(("count", "rows"), [(0, 12), (12, 12), (7, 10), (151, 666)])
def test_a_share_has_the_score_interval(count: int, rows: int) -> None:
    found = estimate_share(hits(count, rows))
    assert (found.low, found.high) == pytest.approx(proportion_confint(count, rows, method="wilson"))
    assert found.mean == pytest.approx(count / rows)


def test_a_row_counts_once_however_often_it_was_predicted() -> None:
    often = np.tile(hits(7, 10), (50, 1)).mean(axis=0)
    assert estimate_share(often) == estimate_share(hits(7, 10))


@pytest.mark.parametrize(("first", "second"), [((56, 70), (48, 80)), ((0, 10), (9, 12)), ((30, 30), (30, 30))])
@pytest.mark.parametrize("comparisons", [1, 6])
def test_a_difference_has_the_hybrid_score_interval(
    first: tuple[int, int], second: tuple[int, int], comparisons: int
) -> None:
    found = compare_shares(hits(*first), hits(*second), comparisons)
    expected = confint_proportions_2indep(*first, *second, method="newcomb", alpha=0.05 / comparisons)
    assert (found.low, found.high) == pytest.approx(expected)
    assert found.mean == pytest.approx(first[0] / first[1] - second[0] / second[1])


def test_a_row_mean_has_the_t_interval() -> None:
    values = np.random.default_rng(1).normal(0.1, 1, 40)
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    found = estimate_row_mean(values)
    assert (found.mean, found.low, found.high) == pytest.approx((values.mean(), expected.low, expected.high))
