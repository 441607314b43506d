"""Learning curves and the law through them, against SciPy's fit and planted laws."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import curve_fit

from ml.evaluate import evaluate_family
from ml.evaluate.judged import Judged
from ml.evaluate.learning_curve import Measured, draw_curve, measure_curve
from ml.evaluate.metrics import score_predictions
from ml.evaluate.power_law import fit_power_law
from ml.results import ignore_progress
from ml.train import FAMILIES, calibrate_family
from tests.builders.models import mixed_spec, mixed_table

ROWS = np.array([100.0, 180.0, 260.0, 370.0, 530.0])
WEIGHTS = np.arange(1, 6) / 5


def law(rows: np.ndarray, limit: float, scale: float, exponent: float) -> np.ndarray:
    found: np.ndarray = limit - scale * rows**-exponent
    return found


def plant(limit: float, scale: float, exponent: float, noise: float, seed: int = 1) -> np.ndarray:
    """Ten folds of scores that follow a law, each fold a little harder or easier than the next."""
    random = np.random.default_rng(seed)
    return law(ROWS, limit, scale, exponent) + random.normal(0, noise, (10, 1)) + random.normal(0, noise / 4, (10, 5))


def judge(rows: int = 300, method: str = "none") -> Judged:
    spec, table = mixed_spec(), mixed_table(mixed_spec(), rows=rows)
    family = calibrate_family(FAMILIES["logistic_regression"], method)
    out_of_fold = evaluate_family(family, table, spec, folds=3, repeats=2, seed=4)[1]
    return Judged(family, table, spec, out_of_fold, 4, ignore_progress)


@pytest.mark.parametrize("seed", range(5))
def test_the_fit_is_as_good_as_scipys(seed: int) -> None:
    points = plant(0.7, 2.0, 0.5, 0.004, seed).mean(axis=0)
    best, _ = curve_fit(
        law, ROWS, points, p0=[0.7, 2.0, 0.5], sigma=1 / np.sqrt(WEIGHTS), maxfev=20_000,
        bounds=([0.0, 0.0, 0.05], [1.0, np.inf, 3.0]),
    )  # fmt: skip
    ours = [float(part[0]) for part in fit_power_law(ROWS, points[None], 1.0)]
    errors = [WEIGHTS @ (points - law(ROWS, *found)) ** 2 for found in (ours, best)]
    assert errors[0] <= errors[1] + 5e-8
    assert law(np.array([1300.0]), *ours) == pytest.approx(law(np.array([1300.0]), *best), abs=0.003)


def test_a_law_without_noise_is_found_again() -> None:
    found = [part[0] for part in fit_power_law(ROWS, law(ROWS, 0.8, 3.0, 0.6)[None], 1.0)]
    assert found == pytest.approx([0.8, 3.0, 0.6], rel=0.03)


def test_points_that_fall_are_a_flat_line() -> None:
    points = np.linspace(0.6, 0.5, 5)
    limit, scale, _exponent = (part[0] for part in fit_power_law(ROWS, points[None], 1.0))
    assert scale == 0
    assert limit == pytest.approx(WEIGHTS @ points / WEIGHTS.sum())


def test_no_limit_lies_beyond_what_can_be() -> None:
    limit, scale, exponent = (part[0] for part in fit_power_law(ROWS, np.linspace(0.5, 0.95, 5)[None], 1.0))
    assert limit <= 1
    assert law(ROWS, limit, scale, exponent).max() < 1


@pytest.mark.parametrize(("metric", "sign"), [("accuracy", 1), ("log_loss", -1)])
def test_what_twice_the_rows_bring_is_within_the_interval(metric: str, sign: int) -> None:
    limit = 0.75 if sign > 0 else -0.9
    scores = sign * plant(limit, 2.0, 0.5, 0.01)
    found = draw_curve(Measured(ROWS, {metric: scores}, 5), metric, 666, 1).extrapolation
    assert found
    true = sign * law(np.array([1332.0]), limit, 2.0, 0.5)[0]
    assert found.twice.score.low < true < found.twice.score.high
    assert found.twice.score.mean == pytest.approx(true, abs=0.02)
    assert found.gain.mean == pytest.approx(sign * (found.twice.score.mean - found.now.score.mean))
    assert 0 <= found.gain.low < found.gain.mean < found.gain.high
    assert (found.now.rows, found.twice.rows, found.curve[-1].rows) == (666, 1332, pytest.approx(1332))


def test_where_nothing_rises_nothing_is_extrapolated() -> None:
    curve = draw_curve(Measured(ROWS, {"accuracy": plant(0.6, 0.0, 0.5, 0.03)}, 5), "accuracy", 666, 1)
    assert curve.extrapolation is None
    assert [point.rows for point in curve.points] == ROWS.tolist()


def test_three_points_are_too_few_for_three_parameters() -> None:
    scores = plant(0.75, 2.0, 0.5, 0.01)[:, 2:]
    assert draw_curve(Measured(ROWS[2:], {"accuracy": scores}, 5), "accuracy", 666, 1).extrapolation is None


def test_intervals_hold_what_they_promise_on_planted_laws() -> None:
    """Folds vary and correlate as the correction assumes; of 60 laws below 50 come less than once in 10,000 times."""
    held = 0
    for seed in range(60):
        random = np.random.default_rng(seed)
        folds = law(ROWS, 0.75, 2.0, 0.5) + random.normal(0, 0.01) + random.normal(0, 0.02, (10, 1))
        scores = folds + random.normal(0, 0.004, (10, 5))
        found = draw_curve(Measured(ROWS, {"accuracy": scores}, 5), "accuracy", 666, seed).extrapolation
        held += (
            found is not None
            and found.twice.score.low < law(np.array([1332.0]), 0.75, 2.0, 0.5)[0] < found.twice.score.high
        )
    assert held >= 50


def test_the_last_point_is_the_evaluations_and_parts_grow() -> None:
    judged = judge()
    measured = measure_curve(judged)
    assert measured
    out_of_fold = judged.out_of_fold
    scores = [
        score_predictions(out_of_fold.truth[fold == number], shares[fold == number], judged.spec.target.categories)
        for fold, shares in zip(out_of_fold.fold, out_of_fold.probabilities, strict=True)
        for number in range(3)
    ]
    assert measured.scores["accuracy"][:, -1] == pytest.approx([score["accuracy"] for score in scores])
    assert measured.rows == pytest.approx([40, 70, 100, 140, 200], rel=0.1)
    assert measured.scores["log_loss"].shape == (6, 5)


def test_a_calibrated_family_is_drawn_as_it_was_before() -> None:
    ours, theirs = measure_curve(judge(150, "temperature")), measure_curve(judge(150))
    assert ours
    assert theirs
    assert ours.scores["log_loss"] == pytest.approx(theirs.scores["log_loss"])


def test_sizes_that_lack_a_class_are_left_out() -> None:
    judged = judge(60)
    spec = mixed_spec()
    scarce = judged.table.copy()
    high = np.flatnonzero(scarce["outcome"] == "high")
    scarce.loc[high[6:], "outcome"] = "mid"
    out_of_fold = evaluate_family(judged.family, scarce, spec, folds=3, repeats=1, seed=4)[1]
    measured = measure_curve(Judged(judged.family, scarce, spec, out_of_fold, 4, ignore_progress))
    assert measured is None or len(measured.rows) < 5
