"""Each figure against scikit-learn's, or against a closed form where it has none."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as oracle

from ml.evaluate.metrics import METRICS, count_confusion, expected_calibration_error, report_classes, score_predictions

CLASSES = ("bad", "fair", "good", "best")


def make_answers(seed: int, rows: int, classes: int, sharpness: float) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    truth = random.integers(0, classes, rows)
    logits = random.normal(size=(rows, classes)) * 2 + sharpness * np.eye(classes)[truth]
    odds = np.exp(logits)
    return truth, odds / odds.sum(axis=1, keepdims=True)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 80), st.integers(2, 4), st.sampled_from([0.0, 1.0, 30.0]))
def test_every_metric_equals_scikit_learns(seed: int, rows: int, classes: int, sharpness: float) -> None:
    truth, probabilities = make_answers(seed, rows, classes, sharpness)
    names, labels, predicted = CLASSES[:classes], list(range(classes)), probabilities.argmax(axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn warns of classes without rows; both sides count them as 0
        expected = {
            "accuracy": oracle.accuracy_score(truth, predicted),
            "balanced_accuracy": oracle.balanced_accuracy_score(truth, predicted),
            "ordinal_mae": oracle.mean_absolute_error(truth, predicted),
            "qwk": oracle.cohen_kappa_score(truth, predicted, labels=labels, weights="quadratic"),
            "log_loss": oracle.log_loss(truth, probabilities, labels=labels),
            "brier": oracle.brier_score_loss(truth, probabilities, labels=labels, scale_by_half=False),
        }
        for average in ("macro", "weighted"):
            figures = oracle.precision_recall_fscore_support(
                truth, predicted, labels=labels, average=average, zero_division=0
            )
            expected |= {f"{n}_{average}": f for n, f in zip(("precision", "recall", "f1"), figures, strict=False)}
        each = oracle.precision_recall_fscore_support(truth, predicted, labels=labels, zero_division=0)
    for kind, values in zip(("precision", "recall", "f1"), each, strict=False):
        expected |= {f"{kind}.{name}": value for name, value in zip(names, values, strict=True)}
    found = score_predictions(truth, probabilities, names)
    if np.isnan(expected["qwk"]):
        expected["qwk"] = 0.0
    assert set(found) == set(expected) | {"ece"}
    assert set(METRICS) <= set(found)
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, abs=1e-12), name


def test_a_certain_and_wrong_answer_costs_much_but_not_everything() -> None:
    truth, probabilities = np.array([0, 1]), np.array([[0.0, 1.0], [0.0, 1.0]])
    found = score_predictions(truth, probabilities, ("no", "yes"))
    assert found["log_loss"] == pytest.approx(-np.log(np.finfo(float).eps) / 2)
    assert found["brier"] == pytest.approx((2 + 0) / 2)


def test_answers_in_order_are_judged_by_how_far_they_are_off() -> None:
    near, far = np.eye(4)[[1, 0, 3, 2]], np.eye(4)[[3, 2, 1, 0]]
    truth = np.array([0, 1, 2, 3])
    near_scores, far_scores = (score_predictions(truth, found, CLASSES) for found in (near, far))
    assert near_scores["accuracy"] == far_scores["accuracy"] == 0
    assert (near_scores["ordinal_mae"], far_scores["ordinal_mae"]) == (1, 2)
    assert near_scores["qwk"] == pytest.approx(1 - 4 / 10)
    assert far_scores["qwk"] == pytest.approx(-1)


def test_calibration_error_is_the_gap_of_each_tenth_weighted_by_its_rows() -> None:
    confidence = np.array([0.55, 0.6, 0.95, 0.95, 1.0])
    right = np.array([True, False, True, False, True])
    probabilities = np.column_stack([1 - confidence, confidence])
    by_hand = (2 / 5) * abs(0.5 - 0.575) + (3 / 5) * abs(2 / 3 - (0.95 + 0.95 + 1) / 3)
    assert expected_calibration_error(right.astype(np.int64), probabilities) == pytest.approx(by_hand)


def test_always_answering_with_the_class_shares_is_perfectly_calibrated() -> None:
    truth = np.repeat([0, 1, 2, 3], [10, 40, 30, 20])
    assert expected_calibration_error(truth, np.tile([0.1, 0.4, 0.3, 0.2], (100, 1))) == pytest.approx(0)


def test_the_report_is_scikit_learns_and_counts_rows() -> None:
    truth, probabilities = make_answers(3, 200, 4, 1.0)
    predicted = probabilities.argmax(axis=1)
    confusion = count_confusion(truth, predicted, 4)
    assert np.array_equal(confusion, oracle.confusion_matrix(truth, predicted))
    expected = oracle.classification_report(truth, predicted, target_names=CLASSES, output_dict=True, zero_division=0)
    found = report_classes(confusion, CLASSES)
    averages = {"macro avg": found.macro, "weighted avg": found.weighted}
    for name, figures in {**found.per_class, **averages}.items():
        ours = (figures.precision, figures.recall, figures.f1, figures.support)
        assert ours == pytest.approx(tuple(expected[name].values())), name
