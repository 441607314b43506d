"""The audit's own arithmetic against an independent oracle or a closed form."""

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.stats.proportion import proportion_confint

from ml.audit.calibration import check_calibration, fit_slope
from ml.audit.claim import check_claim, exact_interval
from ml.audit.order import compare_neighbours
from ml.audit.selection import check_selection, expect_largest
from ml.audit.twins import wilson_high, wilson_low
from ml.examination.audit import Claim


@pytest.mark.parametrize(("hits", "rows"), [(135, 136), (0, 20), (20, 20), (7, 31)])
def test_intervals_of_a_share(hits: int, rows: int) -> None:
    assert exact_interval(hits, rows) == pytest.approx(proportion_confint(hits, rows, method="beta"))
    assert (wilson_low(hits, rows), wilson_high(hits, rows)) == pytest.approx(
        proportion_confint(hits, rows, method="wilson"), abs=1e-12
    )


def test_neighbours_by_chance_are_as_shuffles_have_them() -> None:
    random = np.random.default_rng(4)
    labels = random.choice(3, 60, p=[0.5, 0.3, 0.2])
    shuffled = [random.permutation(labels) for _ in range(4000)]
    agreements = np.array([np.mean(order[1:] == order[:-1]) for order in shuffled])
    agreement, chance, z = compare_neighbours(labels)
    assert chance == pytest.approx(agreements.mean(), abs=0.003)
    assert (agreement - chance) / z == pytest.approx(agreements.std(), rel=0.05)


@pytest.mark.parametrize(("m", "mean"), [(1, 0.0), (2, np.pi**-0.5), (3, 1.5 * np.pi**-0.5)])
def test_the_largest_of_some_normal_numbers(m: int, mean: float) -> None:
    assert expect_largest(m) == pytest.approx(mean, abs=1e-8)


def test_the_best_of_many_is_read_lower() -> None:
    (finding,) = check_selection(0.531, 0.02, 208)
    assert finding.evidence["corrected"] == pytest.approx(0.531 - 0.02 * expect_largest(208))
    assert check_selection(0.531, 0.02, 1) == ()


def test_the_slope_of_calibration_is_that_of_a_logistic_regression() -> None:
    random = np.random.default_rng(5)
    logit = random.normal(0, 2, 300)
    outcome = (random.random(300) < 1 / (1 + np.exp(-0.6 * logit + 0.3))).astype(float)
    oracle = sm.Logit(outcome, sm.add_constant(logit)).fit(disp=0)
    assert fit_slope(1 / (1 + np.exp(-logit)), outcome) == pytest.approx((oracle.params[1], oracle.bse[1]), rel=1e-5)


def test_probabilities_that_boast_are_found_and_honest_ones_are_not() -> None:
    random = np.random.default_rng(6)
    chance = random.beta(2, 2, 800)
    labels = (random.random(800) < chance).astype(np.int64)
    boasting = 1 / (1 + ((1 - chance) / chance) ** 4)
    classes = ("no", "yes")
    assert check_calibration(np.column_stack([1 - chance, chance]), labels, classes) == ()
    found = check_calibration(np.column_stack([1 - boasting, boasting]), labels, classes)
    assert [(finding.where, finding.severity) for finding in found] == [(("yes",), "warning")]
    timid = 1 / (1 + ((1 - chance) / chance) ** 0.4)
    found = check_calibration(np.column_stack([1 - timid, timid]), labels, classes)
    assert [(finding.where, finding.severity) for finding in found] == [(("yes",), "note")]


@pytest.mark.parametrize("rows", [7, 136, 199])
def test_a_claim_is_possible_just_where_some_fraction_rounds_to_it(rows: int) -> None:
    possible = {round(k / rows, 2) for k in range(rows + 1)}
    for hundredth in range(1, 100):
        value = hundredth / 100
        if f"{value:.2f}".endswith("0"):
            continue
        (finding,) = check_claim(Claim("accuracy", value), rows)
        assert (finding.check == "possible_fraction") == (value in possible), value


def test_the_published_figure_is_135_of_136() -> None:
    (finding,) = check_claim(Claim("accuracy", 0.9926), 136)
    assert (finding.check, finding.severity, finding.evidence["right"]) == ("possible_fraction", "note", 135)
