"""On the real rows the sets are small enough to be of use and keep their promise to every class."""

from __future__ import annotations

from pathlib import Path

import pytest

from ml.clean import clean_records
from ml.evaluate import evaluate_family
from ml.evaluate.conformal import make_sets
from ml.evaluate.splits import find_groups
from ml.examination.sure import ConformalSets
from ml.source.table import read_table
from ml.train import FAMILIES
from tests.builders.tables import student_spec


@pytest.fixture(scope="module")
def sets(uci_arff: Path) -> ConformalSets:
    spec = student_spec()
    table = clean_records(read_table(uci_arff)[0], spec).table
    out_of_fold = evaluate_family(FAMILIES["logistic_regression"], table, spec, folds=5, repeats=10, seed=582)[1]
    return make_sets(out_of_fold, find_groups(table[list(spec.feature_names)]), spec.target.categories)


def test_sets_are_small_and_hold_the_truth_nine_times_in_ten(sets: ConformalSets) -> None:
    assert sets.size.mean <= 2.5
    assert sets.coverage.mean >= 0.9


def test_every_class_is_covered(sets: ConformalSets) -> None:
    assert min(found.mean for found in sets.class_coverage.values()) >= 0.87
