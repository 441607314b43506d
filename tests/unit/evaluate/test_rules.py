"""The rules on out-of-fold probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as oracle

from ml.evaluate import evaluate_family
from ml.evaluate.rules import LABEL_METRICS, compare_rules, decide_folds, score_folds
from ml.results import OutOfFold
from ml.train import FAMILIES
from tests.builders.tables import pump_table, second_spec, student_spec, student_table

CLASSES = ("low", "mid", "high")


@pytest.fixture
def out_of_fold() -> OutOfFold:
    """Two repeats of three folds of which each trains on other shares of the classes."""
    random = np.random.default_rng(4)
    truth = random.choice(3, size=60, p=[0.6, 0.3, 0.1])
    fold = np.array([random.permutation(60) % 3 for _ in range(2)])
    probabilities = random.dirichlet([2, 1.5, 1], size=(2, 60))
    return OutOfFold(probabilities, fold, truth)


def test_the_prior_is_that_of_the_training_rows_of_the_fold(out_of_fold: OutOfFold) -> None:
    answers = decide_folds(out_of_fold, "over_prior")
    for repeat in range(2):
        for row in range(60):
            training = out_of_fold.truth[out_of_fold.fold[repeat] != out_of_fold.fold[repeat, row]]
            prior = np.array([(training == label).mean() for label in range(3)])
            assert answers[repeat, row] == (out_of_fold.probabilities[repeat, row] / prior).argmax()


@pytest.mark.parametrize("rule", ["argmax", "median", "over_prior"])
def test_every_fold_is_scored_by_the_answers(out_of_fold: OutOfFold, rule: str) -> None:
    scores, answers = score_folds(out_of_fold, rule, CLASSES), decide_folds(out_of_fold, rule)
    held_out = out_of_fold.fold[1] == 2
    truth, answered = out_of_fold.truth[held_out], answers[1, held_out]
    assert scores["accuracy"][5] == pytest.approx(oracle.accuracy_score(truth, answered))
    assert scores["f1_macro"][5] == pytest.approx(
        oracle.f1_score(truth, answered, average="macro", labels=range(3), zero_division=0)
    )
    assert scores["qwk"][5] == pytest.approx(oracle.cohen_kappa_score(truth, answered, weights="quadratic"))
    assert scores["ordinal_mae"][5] == pytest.approx(oracle.mean_absolute_error(truth, answered))


def test_a_rule_leaves_the_figures_of_probabilities_alone(out_of_fold: OutOfFold) -> None:
    found = [score_folds(out_of_fold, rule, CLASSES) for rule in ("argmax", "over_prior")]
    for name in ("log_loss", "brier", "ece"):
        assert np.array_equal(found[0][name], found[1][name])
    assert not np.array_equal(found[0]["accuracy"], found[1]["accuracy"])


def test_rules_are_compared_in_pairs_with_the_most_probable_class(out_of_fold: OutOfFold) -> None:
    report = compare_rules(out_of_fold, CLASSES, "median", is_ordinal=True)
    assert (report.chosen, [rule.rule for rule in report.rules]) == ("median", ["argmax", "median", "over_prior"])
    plain, median, _ = report.rules
    assert plain.differences == {}
    assert set(median.differences) == set(LABEL_METRICS)
    for name in LABEL_METRICS:
        assert median.differences[name].mean == pytest.approx(median.metrics[name].mean - plain.metrics[name].mean)


def test_a_median_is_not_shown_for_classes_without_order(out_of_fold: OutOfFold) -> None:
    report = compare_rules(out_of_fold, CLASSES, "argmax", is_ordinal=False)
    assert [rule.rule for rule in report.rules] == ["argmax", "over_prior"]


def test_an_evaluation_answers_by_the_rule_and_holds_it_against_the_same_rule() -> None:
    table, spec = student_table().table, student_spec()
    plans = {"folds": 3, "repeats": 1, "seed": 3}
    plain, _ = evaluate_family(FAMILIES["naive_bayes"], table, spec, **plans)
    ruled, out_of_fold = evaluate_family(FAMILIES["naive_bayes"], table, spec, **plans, rule="over_prior")
    assert (plain.rule, ruled.rule) == ("argmax", "over_prior")
    answers = decide_folds(out_of_fold, "over_prior")[0]
    expected = oracle.confusion_matrix(out_of_fold.truth, answers)
    assert np.array_equal(np.array(ruled.confusion_matrix), expected)
    assert ruled.metrics["log_loss"] == plain.metrics["log_loss"]
    assert ruled.training["accuracy"] != plain.training["accuracy"]
    assert ruled.baselines["prior"].metrics == plain.baselines["prior"].metrics
    single, _ = evaluate_family(FAMILIES["single_column"], table, spec, **plans, rule="over_prior")
    assert ruled.baselines["single_column"].metrics == single.metrics


def test_two_classes_can_be_answered_over_their_prior() -> None:
    evaluation, _ = evaluate_family(
        FAMILIES["logistic_regression"],
        pump_table().table,
        second_spec(),
        folds=3,
        repeats=1,
        seed=1,
        rule="over_prior",
    )
    assert evaluation.metrics["balanced_accuracy"].mean > 0.6
