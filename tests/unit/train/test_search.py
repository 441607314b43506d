"""Settings are searched for within the rows that are given, with equal rows together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.metrics import log_loss

from ml.evaluate.cross_validation import cross_validate
from ml.evaluate.splits import find_groups, read_labels, repeat_folds
from ml.results import ignore_progress
from ml.serve.export import check_parity, export_model
from ml.train import FAMILIES, Family, SearchError, fit_family, search_within, settle_family
from ml.train.inner_folds import InnerFolds
from ml.train.search import negative_log_loss
from tests.builders.tables import pump_table, second_spec, student_spec, student_table

FEW = Family("naive_bayes", FAMILIES["naive_bayes"].build, space={"model__alpha": [0.01, 1.0, 1000.0]}, candidates=3)


def test_equal_rows_stay_together_and_classes_in_proportion() -> None:
    random = np.random.default_rng(2)
    X = pd.DataFrame({"a": random.integers(0, 12, 200).astype(str), "b": random.integers(0, 8, 200).astype(str)})
    y = random.choice(["x", "y", "z"], 200, p=[0.6, 0.3, 0.1])
    fold = np.empty(200, dtype=int)
    for number, (train, test) in enumerate(InnerFolds(5, random_state=3).split(X, y)):
        fold[test] = number
        assert sorted([*train, *test]) == list(range(200))
    assert pd.Series(fold).groupby([X["a"], X["b"]]).nunique().max() == 1
    shares = pd.crosstab(fold, y, normalize="index")
    assert shares.std().max() < 0.15
    assert np.ptp(np.bincount(fold)) < 30


def test_there_are_no_more_folds_than_the_rarest_class_has_rows() -> None:
    X, y = np.arange(40).reshape(20, 2), np.array(["x"] * 17 + ["y"] * 3)
    assert InnerFolds(5).get_n_splits(X, y) == 3
    assert all(set(y[test]) == {"x", "y"} for _, test in InnerFolds(5).split(X, y))


def test_a_seed_fixes_the_folds() -> None:
    X, y = np.arange(80).reshape(40, 2), np.array(["x", "y"] * 20)
    first, again, other = ([test.tolist() for _, test in InnerFolds(4, s).split(X, y)] for s in (1, 1, 2))
    assert first == again != other


def test_the_score_is_the_log_loss_also_without_every_class() -> None:
    y = np.array(["a", "b", "b", "c"])
    fitted = DummyClassifier(strategy="prior").fit(y[:, None], y)
    assert negative_log_loss(fitted, y[:, None], y) == pytest.approx(-log_loss(y, fitted.predict_proba(y[:, None])))
    assert negative_log_loss(fitted, y[:2, None], y[:2]) == pytest.approx(np.log([0.25, 0.5]).mean())
    assert negative_log_loss(fitted, y[:1, None], np.array(["never seen"])) < -30


def test_the_setting_with_the_lowest_log_loss_is_fitted_to_all_rows() -> None:
    table, spec = student_table().table, student_spec()
    pipeline = fit_family(search_within(FEW), table, spec, 1)
    assert pipeline[-1].alpha == 1.0
    plain = fit_family(FAMILIES["naive_bayes"], table, spec, 1)
    features = table[list(spec.feature_names)]
    assert np.array_equal(pipeline.predict_proba(features), plain.predict_proba(features))
    assert check_parity(export_model(pipeline, spec), pipeline, table, spec, 1).largest < 1e-6


def test_a_fold_is_predicted_by_a_search_that_has_not_seen_it() -> None:
    table, spec = pump_table().table, second_spec()
    fold = repeat_folds(read_labels(table, spec), find_groups(table[list(spec.feature_names)]), 3, 1, 1)
    found = cross_validate([search_within(FEW)], table, spec, fold, seed=1, n_jobs=None, report=ignore_progress)
    for number in range(3):
        held_out = fold[0] == number
        alone = fit_family(search_within(FEW), table[~held_out], spec, 1)
        expected = alone.predict_proba(table.loc[held_out, list(spec.feature_names)])
        order = [list(alone.classes_).index(name) for name in spec.target.categories]
        assert found.probabilities[0, 0, held_out] == pytest.approx(expected[:, order])


def test_what_has_no_space_cannot_be_searched() -> None:
    with pytest.raises(SearchError, match="'prior' has no settings"):
        search_within(FAMILIES["prior"])


SLOW = ("random_forest", "extra_trees")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else [])
        for name, family in FAMILIES.items()
        if family.space
    ],
)
def test_every_space_can_be_searched(name: str) -> None:
    family = FAMILIES[name]
    narrow = Family(name, family.build, space=family.space, candidates=2)
    table, spec = pump_table(60).table, second_spec()
    first, second = (fit_family(search_within(narrow), table, spec, 5) for _ in range(2))
    assert str(first[-1].get_params()) == str(second[-1].get_params())


def test_a_settled_family_has_the_setting_that_was_found_and_searches_no_more() -> None:
    table, spec = student_table().table, student_spec()
    searched = search_within(FEW)
    settled = settle_family(searched, fit_family(searched, table, spec, 1))
    built = settled.build(spec, 1)
    assert type(built[-1]) is type(FEW.build(spec, 1)[-1])
    assert (settled.name, built[-1].alpha) == ("naive_bayes", 1.0)


def test_a_family_without_a_search_is_settled_as_it_is() -> None:
    assert settle_family(FEW, None) is FEW
