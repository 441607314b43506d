"""The audit of a run of ours: clean when it is honest, and what it says of one that is not."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ml.audit.permutation import Shuffled, check_permutation, shuffle_labels
from ml.audit.run import audit_run, check_refit, check_training
from ml.evaluate import evaluate_family
from ml.examination.audit import AuditReport
from ml.results import Evaluation, OutOfFold, TrainingRequest
from ml.train import FAMILIES
from tests.builders.tables import pump_table, second_spec

SPEC = second_spec()
TABLE = pump_table(120).table[[SPEC.target.name, *SPEC.feature_names]]
FAMILY = FAMILIES["logistic_regression"]
REQUEST = TrainingRequest("logistic_regression", folds=3, repeats=2)


@pytest.fixture(scope="module")
def evaluated() -> tuple[Evaluation, OutOfFold]:
    return evaluate_family(FAMILY, TABLE, SPEC, folds=3, repeats=2, seed=582)


@pytest.fixture(scope="module")
def report(evaluated: tuple[Evaluation, OutOfFold]) -> AuditReport:
    return audit_run(FAMILY, TABLE, SPEC, *evaluated, REQUEST)


def test_an_honest_run_is_clean(report: AuditReport) -> None:
    assert report.verdict == "clean"
    assert (report.rows, report.columns, report.classes) == (120, len(SPEC.feature_names), SPEC.target.categories)


def test_the_p_value_says_how_small_it_could_be(report: AuditReport) -> None:
    (found,) = [finding for finding in report.findings if finding.check == "shuffled_labels"]
    assert found.evidence == {"shuffles": 19, "reached": 0, "p": 0.05, "smallest": 0.05}


def test_a_baseline_is_spared_what_costs(evaluated: tuple[Evaluation, OutOfFold]) -> None:
    report = audit_run(FAMILIES["prior"], TABLE, SPEC, *evaluated, REQUEST)
    skipped = {check.code for check in report.checks if check.skipped == "baseline"}
    assert skipped == {"calibration", "refit", "permutation"}


def test_predictions_that_were_not_made_inside_the_folds_are_a_cheat(
    evaluated: tuple[Evaluation, OutOfFold],
) -> None:
    _, honest = evaluated
    told = np.eye(2)[honest.truth] * 0.8 + 0.1
    (found,) = check_refit(told, honest.probabilities[0], honest)
    assert (found.check, found.severity, found.evidence["accuracy"]) == ("refit_differs", "cheat", 1.0)


def test_a_run_whose_folds_part_equal_rows_says_so(evaluated: tuple[Evaluation, OutOfFold]) -> None:
    evaluation, honest = evaluated
    table = pd.concat([TABLE.iloc[:100], TABLE.iloc[:20]], ignore_index=True)
    truth = np.concatenate([honest.truth[:100], honest.truth[:20]])
    fold = np.array([np.arange(120) % 3, np.arange(120) % 3])
    report = audit_run(
        FAMILIES["prior"], table, SPEC, evaluation, replace(honest, truth=truth, fold=fold), REQUEST
    )  # fmt: skip
    assert "across_folds" in {finding.check for finding in report.findings}


@pytest.mark.parametrize(("training", "severity"), [(0.99, "warning"), (0.9, "note"), (0.8, None)])
def test_the_training_score_stands_beside_the_honest_one(
    training: float, severity: str | None, evaluated: tuple[Evaluation, OutOfFold]
) -> None:
    evaluation, _ = evaluated
    held_out = replace(evaluation.metrics["accuracy"], mean=0.72 if training > 0.95 else 0.8)
    found = check_training(replace(evaluation, training={"accuracy": training}, metrics={"accuracy": held_out}))
    assert [finding.severity for finding in found] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("losses", "accuracies", "check"),
    [
        ([0.9, 0.8, 0.95], [0.5, 0.4, 0.5], "no_signal"),
        ([0.7] * 19, [0.5] * 19, "shuffled_labels"),
        ([0.7] * 19, [0.8] * 19, "shuffled_score"),
    ],
)
def test_shuffles(losses: list[float], accuracies: list[float], check: str) -> None:
    shuffled = Shuffled(0.6 if len(losses) > 3 else 0.85, np.array(losses), np.array(accuracies))
    (found,) = check_permutation(shuffled, majority=0.5)
    assert found.check == check


def test_a_seed_fixes_the_shuffles(evaluated: tuple[Evaluation, OutOfFold]) -> None:
    first, again, other = (
        shuffle_labels(FAMILY, TABLE, SPEC, evaluated[1], folds=3, seed=seed, shuffles=2).losses.tolist()
        for seed in (582, 582, 1)
    )
    assert first == again != other
