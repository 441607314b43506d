from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.utils.estimator_checks import estimator_checks_generator

from ml.train.single_column import SingleColumnClassifier, leave_one_out_log_loss

WEATHER = pd.DataFrame(
    {
        "coin": pd.Series(["heads", "tails"] * 20, dtype=object),
        "sky": pd.Series(["grey"] * 15 + ["blue"] * 20 + [None] * 5, dtype=object),
        "pressure": np.linspace(980, 1030, 40),
    }
)
OUTCOME = np.array(["rain"] * 15 + ["sun"] * 18 + ["rain"] * 7, dtype=object)


# Arrays that live elsewhere than in memory are nothing that a table of categories can be.
CHECKS = [
    (estimator, check)
    for estimator, check in estimator_checks_generator(SingleColumnClassifier())
    if "array_api" not in check.func.__name__
]


@pytest.mark.parametrize(("estimator", "check"), CHECKS, ids=[check.func.__name__ for _, check in CHECKS])
def test_it_keeps_the_contract_of_scikit_learn(estimator: BaseEstimator, check: Any) -> None:
    check(estimator)


def test_it_picks_the_column_that_tells_most_and_predicts_its_smoothed_shares() -> None:
    fitted = SingleColumnClassifier().fit(WEATHER, OUTCOME)
    assert fitted.column_ == "sky"
    assert fitted.categories_.tolist() == ["blue", "grey"]
    prior = (22 + 1) / (40 + 2)
    blue, grey, missing = fitted.probabilities_[:, fitted.classes_.tolist().index("rain")]
    assert blue == pytest.approx((2 + 2 * prior) / (20 + 2))
    assert grey == pytest.approx((15 + 2 * prior) / (15 + 2))
    assert missing == pytest.approx((5 + 2 * prior) / (5 + 2))
    rows = pd.DataFrame({"coin": ["heads"] * 3, "sky": ["grey", "green", np.nan], "pressure": [0.0, 0.0, 0.0]})
    assert fitted.predict_proba(rows)[:, 0] == pytest.approx([grey, prior, missing])
    assert fitted.predict(rows).tolist() == ["rain"] * 3


def test_the_closed_form_equals_leaving_each_row_out() -> None:
    table = np.array([[5, 0, 2], [1, 1, 0], [0, 0, 0], [0, 4, 3]])
    losses = []
    for cell, label in zip(*np.nonzero(table), strict=True):
        others = table.copy()
        others[cell, label] -= 1
        prior = (others.sum(axis=0) + 1) / (others.sum() + 3)
        share = (others[cell, label] + 3 * prior[label]) / (others[cell].sum() + 3)
        losses += [-np.log(share)] * table[cell, label]
    assert leave_one_out_log_loss(table) == pytest.approx(np.mean(losses))


def test_an_identifier_does_not_win_by_remembering() -> None:
    table = WEATHER.assign(ticket=pd.Series([f"t{i}" for i in range(40)], dtype=object))
    assert SingleColumnClassifier().fit(table, OUTCOME).column_ == "sky"


def test_numbers_are_cut_at_quantiles_with_a_cell_for_missing_ones() -> None:
    table = WEATHER[["coin", "pressure"]].copy()
    table.loc[:3, "pressure"] = np.nan
    fitted = SingleColumnClassifier(bins=4).fit(table, OUTCOME)
    assert fitted.column_ == "pressure"
    assert fitted.edges_ == pytest.approx(np.nanquantile(table["pressure"], [0.25, 0.5, 0.75]))
    assert fitted.probabilities_.shape == (5, 2)
    edge = pd.DataFrame({"coin": ["heads"] * 3, "pressure": [fitted.edges_[0], fitted.edges_[0] + 1e-9, np.nan]})
    assert np.array_equal(fitted.predict_proba(edge), fitted.probabilities_[[0, 1, 4]])


def test_the_first_of_equal_columns_is_taken() -> None:
    table = WEATHER[["sky"]].assign(copy=WEATHER["sky"])
    assert SingleColumnClassifier().fit(table, OUTCOME).column_ == "sky"
