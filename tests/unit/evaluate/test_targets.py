"""What some family reaches by some rule on the real rows, with a little slack for fewer repeats."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ml.clean import clean_records
from ml.evaluate.cross_validation import cross_validate
from ml.evaluate.rules import score_folds
from ml.evaluate.splits import find_groups, read_labels, repeat_folds
from ml.results import OutOfFold, ignore_progress
from ml.source.table import read_table
from ml.train import FAMILIES
from tests.builders.tables import student_spec

REPEATS = 4


@pytest.mark.slow
def test_weights_and_odds_reach_what_the_real_rows_allow(uci_arff: Path) -> None:
    spec, table = student_spec(), clean_records(read_table(uci_arff)[0], student_spec()).table
    truth, groups = read_labels(table, spec), find_groups(table[list(spec.feature_names)])
    fold = repeat_folds(truth, groups, 5, REPEATS, 582)
    families = [FAMILIES["logistic_regression"], FAMILIES["proportional_odds"]]
    found = cross_validate(families, table, spec, fold, seed=582, n_jobs=None, report=ignore_progress).probabilities
    weights, odds = (OutOfFold(one, fold, truth) for one in found)

    def mean(out_of_fold: OutOfFold, rule: str, metric: str) -> float:
        return float(np.mean(score_folds(out_of_fold, rule, spec.target.categories)[metric]))

    assert mean(weights, "argmax", "accuracy") >= 0.515
    assert mean(weights, "over_prior", "balanced_accuracy") >= 0.52
    assert mean(weights, "over_prior", "f1_macro") >= 0.50
    assert mean(odds, "argmax", "qwk") >= 0.61
    assert mean(weights, "median", "ordinal_mae") <= 0.54
    assert mean(weights, "argmax", "log_loss") <= 1.01
