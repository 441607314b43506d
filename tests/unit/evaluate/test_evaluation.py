from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as oracle
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from ml.clean import clean_records
from ml.evaluate import METRICS, EvaluationError, align_probabilities, evaluate_family
from ml.evaluate.splits import find_groups
from ml.results import Evaluation, OutOfFold, Progress, to_json
from ml.source.table import read_table
from ml.spec import DatasetSpec
from ml.train import FAMILIES, Family, fit_family
from tests.builders.models import make_column, make_spec, mixed_spec, mixed_table
from tests.builders.tables import pump_table, second_spec, student_spec


@cache
def pumps() -> tuple[pd.DataFrame, Evaluation, OutOfFold]:
    table = pump_table(150).table
    return table, *run("logistic_regression", table, second_spec())


def run(name: str, table: pd.DataFrame, spec: DatasetSpec, *, repeats: int = 2) -> tuple[Evaluation, OutOfFold]:
    return evaluate_family(FAMILIES[name], table, spec, folds=4, repeats=repeats, seed=9, n_jobs=1)


def test_every_metric_comes_with_its_interval_and_both_baselines() -> None:
    _, evaluation, _ = pumps()
    names = {*METRICS, *(f"{kind}.{c}" for kind in ("precision", "recall", "f1") for c in ("sound", "failing"))}
    assert set(evaluation.metrics) == set(evaluation.training) == set(evaluation.fold_metrics) == names
    assert set(evaluation.baselines) == {"prior", "single_column"}
    for baseline in evaluation.baselines.values():
        assert set(baseline.metrics) == set(baseline.differences) == names
    assert all(estimate.low <= estimate.mean <= estimate.high for estimate in evaluation.metrics.values())
    assert all(len(values) == 4 * 2 for values in evaluation.fold_metrics.values())
    assert json.dumps(to_json(evaluation))


def test_the_figures_are_what_the_out_of_fold_answers_give() -> None:
    _, evaluation, held_out = pumps()
    accuracies = [
        oracle.accuracy_score(held_out.truth[fold == number], found[fold == number].argmax(axis=1))
        for fold, found in zip(held_out.fold, held_out.probabilities, strict=True)
        for number in range(4)
    ]
    assert evaluation.fold_metrics["accuracy"] == pytest.approx(accuracies)
    assert evaluation.metrics["accuracy"].mean == pytest.approx(np.mean(accuracies))


def test_report_and_confusion_matrix_pool_every_held_out_answer() -> None:
    table, evaluation, held_out = pumps()
    truth, answers = np.tile(held_out.truth, 2), held_out.probabilities.argmax(axis=2).ravel()
    assert np.array(evaluation.confusion_matrix) == pytest.approx(oracle.confusion_matrix(truth, answers) / 2)
    assert np.array(evaluation.confusion_matrix).sum() == len(table)
    expected = oracle.classification_report(truth, answers, target_names=evaluation.classes, output_dict=True)
    for name, figures in evaluation.classification_report.per_class.items():
        assert figures.f1 == pytest.approx(expected[name]["f1-score"])
        assert figures.support == (table["condition"] == name).sum()


def test_each_row_is_answered_by_a_pipeline_fitted_to_the_other_folds() -> None:
    table, _, held_out = pumps()
    spec, mask = second_spec(), held_out.fold[1] == 2
    fitted = fit_family(FAMILIES["logistic_regression"], table[~mask], spec, 9)
    expected = align_probabilities(fitted.predict_proba(table[mask]), fitted.classes_, spec.target.categories)
    assert np.array_equal(held_out.probabilities[1, mask], expected)


def test_training_scores_are_of_one_fit_to_all_rows_and_stand_apart() -> None:
    table, evaluation, _ = pumps()
    fitted = fit_family(FAMILIES["logistic_regression"], table, second_spec(), 9)
    assert evaluation.training["accuracy"] == oracle.accuracy_score(table["condition"], fitted.predict(table))
    again, _ = evaluate_family(
        FAMILIES["logistic_regression"], table, second_spec(), folds=4, repeats=2, seed=9, n_jobs=1, fitted=fitted
    )
    assert again == evaluation


def test_the_prior_on_the_same_folds_is_scikit_learns_dummy() -> None:
    table, evaluation, held_out = pumps()
    losses = []
    for fold in held_out.fold:
        for number in range(4):
            train, test = table[fold != number], table[fold == number]
            dummy = DummyClassifier(strategy="prior").fit(train, train["condition"])
            losses.append(oracle.log_loss(test["condition"], dummy.predict_proba(test), labels=dummy.classes_))
    baseline = evaluation.baselines["prior"]
    assert baseline.metrics["log_loss"].mean == pytest.approx(np.mean(losses))
    differences = np.array(evaluation.fold_metrics["log_loss"]) - losses
    assert baseline.differences["log_loss"].mean == pytest.approx(differences.mean())
    assert baseline.differences["log_loss"].high < 0


def test_the_single_column_says_which_column_it_chose() -> None:
    _, evaluation, _ = pumps()
    assert evaluation.baselines["single_column"].detail in {"temperature", "vibration"}
    assert evaluation.baselines["prior"].detail == ""


def test_a_baseline_does_not_differ_from_itself() -> None:
    evaluation, _ = run("single_column", pumps()[0], second_spec())
    own = evaluation.baselines["single_column"]
    assert own.metrics == evaluation.metrics
    assert {(d.mean, d.low, d.high, d.p_value) for d in own.differences.values()} == {(0, 0, 0, 1)}


def test_threads_change_no_figure_and_the_seed_changes_the_folds() -> None:
    table, evaluation, held_out = pumps()
    again, answers = evaluate_family(
        FAMILIES["logistic_regression"], table, second_spec(), folds=4, repeats=2, seed=9, n_jobs=2
    )
    assert again == evaluation
    assert np.array_equal(answers.probabilities, held_out.probabilities)
    other, _ = evaluate_family(
        FAMILIES["logistic_regression"], table, second_spec(), folds=4, repeats=2, seed=10, n_jobs=1
    )
    assert other.fold_metrics != evaluation.fold_metrics


def test_the_table_it_is_given_stays_as_it_was() -> None:
    table = pump_table(60).table
    before = table.copy(deep=True)
    run("logistic_regression", table, second_spec(), repeats=1)
    assert table.equals(before)


def test_a_planted_copy_is_held_out_together_with_its_twin() -> None:
    table = pump_table(80).table
    doubled = pd.concat([table, table.iloc[:30]], ignore_index=True)
    _, held_out = run("prior", doubled, second_spec())
    assert np.array_equal(held_out.fold[:, 80:], held_out.fold[:, :30])


def noise_table(rows: int, seed: int) -> tuple[DatasetSpec, pd.DataFrame]:
    """Make labels that depend on nothing, sorted, beside a column that is unique to each row and copies of each row."""
    random = np.random.default_rng(seed)
    spec = make_spec(make_column("number"), make_column("colour", "red", "green", "blue"), classes=("no", "yes"))
    half = pd.DataFrame(
        {
            "outcome": pd.Series(random.choice(["no", "yes"], rows).tolist(), dtype=object),
            "number": random.normal(size=rows),
            "colour": pd.Series(random.choice(["red", "green", "blue"], rows).tolist(), dtype=object),
        }
    )
    return spec, pd.concat([half, half]).sort_values("outcome", ignore_index=True)


class Memory(TransformerMixin, BaseEstimator):
    """Turns each number into the label that it had in training: all it learns is rows by heart."""

    def fit(self, X: pd.DataFrame, y: np.ndarray) -> Memory:
        self.known_ = dict(zip(X["number"], y, strict=True))
        return self

    def transform(self, X: pd.DataFrame) -> np.ndarray:
        codes = {"no": -1.0, "yes": 1.0}
        return np.array([[codes.get(self.known_.get(number), 0.0)] for number in X["number"]])


def test_learning_copies_by_heart_or_a_sorted_file_gives_no_advantage() -> None:
    spec, table = noise_table(120, 3)
    parrot = Family("parrot", lambda _spec, _seed: Pipeline([("by_heart", Memory()), ("model", LogisticRegression())]))
    evaluation, _ = evaluate_family(parrot, table, spec, folds=5, repeats=2, seed=1, n_jobs=1)
    assert evaluation.training["accuracy"] == 1
    assert evaluation.metrics["accuracy"].mean < 0.6


def test_a_target_encoded_among_the_features_is_not_hidden() -> None:
    spec, table = noise_table(60, 3)
    leaky = table.assign(number=(table["outcome"] == "yes") + np.linspace(0, 0.1, len(table)))
    assert run("logistic_regression", leaky, spec, repeats=1)[0].metrics["accuracy"].mean > 0.95


def test_a_class_unknown_to_training_has_probability_zero() -> None:
    aligned = align_probabilities(
        np.array([[0.3, 0.7]]), np.array(["low", "high"], dtype=object), ("high", "mid", "low")
    )
    assert aligned.tolist() == [[0.7, 0.0, 0.3]]


def test_probabilities_stand_in_the_order_of_the_spec() -> None:
    spec = mixed_spec(("low", "mid", "high"))
    _, held_out = run("logistic_regression", mixed_table(spec), spec, repeats=1)
    assert (held_out.probabilities[0].argmax(axis=1) == held_out.truth).mean() > 0.5
    assert held_out.probabilities.sum(axis=2) == pytest.approx(np.ones((1, 300)))


def test_progress_is_told_once_a_fold() -> None:
    told: list[Progress] = []
    evaluate_family(
        FAMILIES["prior"], pump_table(40).table, second_spec(), folds=3, repeats=2, seed=0, n_jobs=2, report=told.append
    )
    assert told == [Progress("evaluate", done, 6) for done in range(7)]


def test_what_progress_raises_ends_the_evaluation_at_once() -> None:
    class CancelledError(Exception):
        pass

    def cancel(progress: Progress) -> None:
        if progress.done == 2:
            raise CancelledError

    def build(spec: DatasetSpec, seed: int) -> Pipeline:
        built.append(seed)
        return FAMILIES["single_column"].build(spec, seed)

    built: list[int] = []
    with pytest.raises(CancelledError):
        evaluate_family(
            Family("counted", build), pump_table(40).table, second_spec(),
            folds=4, repeats=25, seed=0, n_jobs=1, report=cancel,
        )  # fmt: skip
    assert len(built) < 50


def test_a_table_of_one_class_is_refused() -> None:
    table = pump_table(60).table
    with pytest.raises(EvaluationError, match="every row is 'sound'"):
        run("prior", table[table["condition"] == "sound"].reset_index(drop=True), second_spec())


# ── the real 666 rows ─────────────────────────────────────────────────────────
def real_table(path: Path) -> pd.DataFrame:
    return clean_records(read_table(path)[0], student_spec()).table


def test_no_twin_among_the_real_rows_is_on_both_sides(uci_arff: Path) -> None:
    spec, table = student_spec(), real_table(uci_arff)
    evaluation, held_out = evaluate_family(
        FAMILIES["single_column"], table, spec, folds=5, repeats=3, seed=582, n_jobs=1
    )
    groups = find_groups(table[list(spec.feature_names)])
    assert groups.max() + 1 == 576
    for fold in held_out.fold:
        assert len(np.unique(np.column_stack([groups, fold]), axis=0)) == 576
    assert evaluation.baselines["single_column"].detail == "Caste"
    assert evaluation.metrics["accuracy"].mean == pytest.approx(0.510, abs=0.01)
    assert evaluation.baselines["prior"].metrics["log_loss"].mean == pytest.approx(1.351, abs=0.002)


def test_without_the_sensitive_columns_folds_group_by_what_is_left(uci_arff: Path) -> None:
    spec, table = student_spec().without_sensitive(), real_table(uci_arff)
    _, held_out = evaluate_family(FAMILIES["prior"], table, spec, folds=5, repeats=1, seed=582, n_jobs=1)
    groups = find_groups(table[list(spec.feature_names)])
    assert len(np.unique(np.column_stack([groups, held_out.fold[0]]), axis=0)) == groups.max() + 1


@pytest.mark.slow
def test_the_default_family_reaches_what_the_real_rows_allow(uci_arff: Path) -> None:
    evaluation, _ = evaluate_family(
        FAMILIES["logistic_regression"], real_table(uci_arff), student_spec(), folds=5, repeats=10, seed=582
    )
    assert evaluation.metrics["accuracy"].mean >= 0.515
    assert evaluation.metrics["log_loss"].mean <= 1.01
    assert evaluation.metrics["qwk"].mean >= 0.56
    assert evaluation.training["accuracy"] > evaluation.metrics["accuracy"].high
