"""Reliability and calibration error, against scikit-learn, SciPy and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn.calibration import calibration_curve

from ml.evaluate.metrics import expected_calibration_error
from ml.evaluate.reliability import diagram_reliability, expect_error, wilson_interval
from tests.builders.held_out import CLASSES, draw_held_out


def test_a_class_against_the_rest_is_scikit_learns_curve() -> None:
    held_out = draw_held_out()
    for label, diagram in enumerate(diagram_reliability(held_out, CLASSES, 1)[1:]):
        found, stated = calibration_curve(held_out.truth == label, held_out.probabilities[0, :, label], n_bins=10)
        assert [item.found for item in diagram.bins] == pytest.approx(found.tolist())
        assert [item.stated for item in diagram.bins] == pytest.approx(stated.tolist())
        assert sum(item.rows for item in diagram.bins) == len(held_out.truth)


def test_the_answers_error_is_the_metric_of_the_same_name() -> None:
    held_out = draw_held_out()
    answer = diagram_reliability(held_out, CLASSES, 1)[0]
    expected = expected_calibration_error(held_out.truth, held_out.probabilities[0])
    assert answer.error.value == pytest.approx(expected)


@pytest.mark.parametrize(("hits", "rows"), [(0, 5), (3, 10), (50, 50), (123, 400)])
def test_the_interval_is_wilsons(hits: int, rows: int) -> None:
    expected = stats.binomtest(hits, rows).proportion_ci(method="wilson")
    assert wilson_interval(hits / rows, rows) == pytest.approx((expected.low, expected.high))


def test_repeating_adds_no_rows() -> None:
    once, thrice = draw_held_out(), draw_held_out(repeats=3)
    assert (thrice.probabilities == once.probabilities[0]).all()
    for one, three in zip(diagram_reliability(once, CLASSES, 1), diagram_reliability(thrice, CLASSES, 1), strict=True):
        for ours, theirs in zip(one.bins, three.bins, strict=True):
            assert (ours.rows, ours.found_low, ours.found_high) == pytest.approx(
                (theirs.rows, theirs.found_low, theirs.found_high)
            )
        assert one.error.perfect_high == pytest.approx(three.error.perfect_high)


def test_the_error_of_a_perfect_model_has_a_closed_form() -> None:
    rows, share = 80, 0.6
    probabilities = np.tile([share, 0.3, 0.1], (2, rows, 1))
    errors = expect_error(probabilities, np.zeros((2, rows), dtype=np.int64), 1)
    law = stats.binom(rows, share)
    counts = np.arange(rows + 1)
    spread = np.abs(counts / rows - share)
    assert errors.mean() == pytest.approx(law.pmf(counts) @ spread, rel=0.06)
    assert np.quantile(errors, 0.9) == pytest.approx(
        sorted(spread.repeat(np.round(law.pmf(counts) * 10_000).astype(int)))[9000], abs=0.015
    )


def test_a_calibrated_model_seldom_looks_worse_than_chance() -> None:
    alarms = [
        diagram_reliability(draw_held_out(rows=150, seed=seed), CLASSES, 1)[0].error.p_value < 0.1 for seed in range(60)
    ]
    assert 0 < sum(alarms) <= 14  # 6 are expected; more than 14 come once in 1,000 times


def test_an_overconfident_model_is_found_out() -> None:
    found = diagram_reliability(draw_held_out(sharpness=2.5), CLASSES, 1)[0].error
    assert found.value > found.perfect_high
    assert found.p_value < 0.01
    assert found.perfect_low < found.perfect < found.perfect_high


def test_a_seed_fixes_the_company() -> None:
    held_out = draw_held_out()
    assert diagram_reliability(held_out, CLASSES, 7) == diagram_reliability(held_out, CLASSES, 7)
    assert diagram_reliability(held_out, CLASSES, 7) != diagram_reliability(held_out, CLASSES, 8)
