from __future__ import annotations

import json
from dataclasses import astuple

import numpy as np
import pytest
from sklearn import metrics as oracle

from ml.evaluate.curves import (
    area_under,
    average_precision,
    count_ranked,
    draw_curves,
    read_precision,
    read_roc,
    roc_curve,
)
from ml.evaluate.intervals import estimate_mean
from ml.results import OutOfFold, to_json

GRID = np.linspace(0, 1, 41)


def rank(seed: int, rows: int = 60, ties: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Labels and scores that know a little, with many ties."""
    random = np.random.default_rng(seed)
    positive = random.random(rows) < 0.3
    positive[:2] = True, False
    return positive, np.round((random.random(rows) + 0.3 * positive) * ties) / ties


def out_of_fold(classes: int = 3, rows: int = 90, repeats: int = 2, folds: int = 3) -> OutOfFold:
    random = np.random.default_rng(5)
    truth = np.arange(rows) % classes
    weights = random.random((repeats, rows, classes)) + 0.4 * np.eye(classes)[truth]
    fold = np.array([random.permutation(rows) % folds for _ in range(repeats)])
    return OutOfFold(weights / weights.sum(axis=2, keepdims=True), fold, truth)


@pytest.mark.parametrize("seed", range(20))
def test_the_roc_curve_is_that_of_scikit_learn(seed: int) -> None:
    positive, scores = rank(seed)
    x, y = roc_curve(*count_ranked(positive, scores))
    theirs = oracle.roc_curve(positive, scores, drop_intermediate=False)
    assert x == pytest.approx(theirs[0])
    assert y == pytest.approx(theirs[1])
    assert area_under(x, y) == pytest.approx(oracle.roc_auc_score(positive, scores))


@pytest.mark.parametrize("seed", range(20))
def test_the_roc_curve_is_read_between_its_corners(seed: int) -> None:
    x, y = roc_curve(*count_ranked(*rank(seed)))
    inside = GRID[~np.isclose(GRID[:, None], x).any(axis=1)]  # elsewhere np.interp may take the lower end of a rise
    assert read_roc(x, y, inside) == pytest.approx(np.interp(inside, x, y))
    assert read_roc(x, y, np.array([0.0]))[0] == y[x == 0].max()


@pytest.mark.parametrize("seed", range(20))
def test_the_precision_is_that_of_scikit_learn(seed: int) -> None:
    positive, scores = rank(seed)
    ranked = count_ranked(positive, scores)
    assert average_precision(*ranked) == pytest.approx(oracle.average_precision_score(positive, scores))
    precision, recall, _ = oracle.precision_recall_curve(positive, scores)
    expected = [precision[np.flatnonzero(recall >= point - 1e-9)[-1]] for point in GRID[1:]]
    assert read_precision(*ranked, GRID[1:]) == pytest.approx(expected)


def test_perfect_and_useless_scores() -> None:
    positive = np.array([True, True, False, False, False])
    assert area_under(*roc_curve(*count_ranked(positive, positive.astype(float)))) == 1
    assert area_under(*roc_curve(*count_ranked(positive, np.ones(5)))) == 0.5
    assert average_precision(*count_ranked(positive, np.ones(5))) == pytest.approx(0.4)


def test_areas_and_bands_are_means_over_folds_with_the_corrected_interval() -> None:
    found = out_of_fold()
    curves = draw_curves(found, ("a", "b", "c"))
    assert [item.name for item in curves.classes] == ["a", "b", "c"]
    areas = [
        oracle.roc_auc_score(found.truth[fold == number] == 1, probabilities[fold == number, 1])
        for fold, probabilities in zip(found.fold, found.probabilities, strict=True)
        for number in range(3)
    ]
    assert astuple(curves.classes[1].roc.area) == pytest.approx(astuple(estimate_mean(np.array(areas), 3)))
    assert curves.classes[1].precision_recall.chance == pytest.approx(1 / 3)
    for curve in (curves.classes[1].roc, curves.classes[1].precision_recall):
        assert all(low <= mean <= high for low, mean, high in zip(curve.low, curve.mean, curve.high, strict=True))
        assert any(low < high for low, high in zip(curve.low, curve.high, strict=True))


def test_the_mean_area_is_about_the_area_of_the_mean_curve() -> None:
    roc = draw_curves(out_of_fold(), ("a", "b", "c")).classes[0].roc
    assert area_under(GRID, np.array(roc.mean)) == pytest.approx(roc.area.mean, abs=0.02)


def test_a_class_without_enough_folds_is_left_out() -> None:
    found = out_of_fold()
    truth = found.truth.copy()
    truth[truth == 2] = 0
    truth[0] = 2
    curves = draw_curves(OutOfFold(found.probabilities[:1], found.fold[:1], truth), ("a", "b", "c"))
    assert [item.name for item in curves.classes] == ["a", "b"]


def test_curves_stay_small_as_text() -> None:
    assert len(json.dumps(to_json(draw_curves(out_of_fold(4, 400), ("a", "b", "c", "d"))))) < 12_000
