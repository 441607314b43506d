from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier

from ml.settings import ROOT
from ml.train import FAMILIES, UnknownFamilyError, find_family, fit_family
from tests.builders.models import mixed_spec, mixed_table
from tests.builders.tables import pump_table, second_spec, student_spec


def test_the_families_are_found_by_the_names_that_people_type() -> None:
    assert [name for name, family in FAMILIES.items() if family.is_baseline] == ["prior", "single_column"]
    assert find_family("random_forest") is FAMILIES["random_forest"]


def test_an_unknown_family_is_refused_with_the_names_of_those_there_are() -> None:
    with pytest.raises(UnknownFamilyError, match=r"'forest'.*prior, single_column, logistic_regression, .*soft_vote"):
        find_family("forest")


@pytest.mark.parametrize("name", FAMILIES)
def test_a_seed_fixes_every_answer(name: str) -> None:
    table, spec = pump_table().table, second_spec()
    first, second = (
        fit_family(FAMILIES[name], table, spec, 7).predict_proba(table[list(spec.feature_names)]) for _ in range(2)
    )
    assert np.array_equal(first, second)


@pytest.mark.parametrize("name", FAMILIES)
def test_missing_cells_and_unseen_categories_are_answered(name: str) -> None:
    spec = mixed_spec()
    table = mixed_table(spec)
    fitted = fit_family(FAMILIES[name], table, spec, 7)
    rows = table[list(spec.feature_names)].iloc[:2].copy()
    rows.iloc[0] = [None, None, np.nan, np.nan]
    rows["size"] = "never seen"
    found = fitted.predict_proba(rows)
    assert found.shape == (2, 3)
    assert found.sum(axis=1) == pytest.approx([1, 1])


def test_the_prior_is_that_of_scikit_learn() -> None:
    table, spec = pump_table().table, second_spec()
    expected = DummyClassifier(strategy="prior").fit(table, table["condition"])
    assert np.array_equal(
        fit_family(FAMILIES["prior"], table, spec, 0).predict_proba(table), expected.predict_proba(table)
    )


def test_the_settings_are_those_that_were_decided() -> None:
    models = {name: family.build(second_spec(), 5)[-1].get_params() for name, family in FAMILIES.items()}
    assert (models["logistic_regression"]["C"], models["logistic_regression"]["random_state"]) == (0.3, 5)
    forest = models["random_forest"]
    assert (forest["n_estimators"], forest["min_samples_leaf"], forest["random_state"]) == (300, 8, 5)


def test_two_forests_are_those_that_were_published() -> None:
    deep, small = (FAMILIES[name].build(second_spec(), 5)[-1] for name in ("random_forest_150", "random_forest_20"))
    assert (deep.n_estimators, deep.max_depth) == (150, 8)
    assert (small.n_estimators, small.max_depth, small.min_samples_split) == (20, 20, 15)


@pytest.mark.parametrize("name", [name for name, family in FAMILIES.items() if family.space])
def test_a_search_space_names_what_the_family_has(name: str) -> None:
    assert FAMILIES[name].space.keys() <= FAMILIES[name].build(mixed_spec(), 5).get_params().keys()


def test_odds_need_an_order_and_a_vote_goes_without_them() -> None:
    ordered, nominal, two = student_spec(), mixed_spec(), second_spec()
    assert [FAMILIES["proportional_odds"].suits(spec) for spec in (ordered, nominal, two)] == [True, False, True]
    assert FAMILIES["naive_bayes"].suits(nominal)
    members = [[name for name, _ in FAMILIES["soft_vote"].build(spec, 5)[-1].members] for spec in (ordered, nominal)]
    assert members == [
        ["logistic_regression", "proportional_odds", "naive_bayes", "random_forest"],
        ["logistic_regression", "naive_bayes", "random_forest"],
    ]


def test_what_needs_a_package_is_there_only_with_it() -> None:
    program = (
        "import sys; sys.modules['lightgbm'] = None;"
        "from ml.train import FAMILIES; from ml.families import FAMILY_NAMES;"
        "print('lightgbm' in FAMILIES, 'lightgbm' in FAMILY_NAMES, set(FAMILIES) == set(FAMILY_NAMES))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "True"]
