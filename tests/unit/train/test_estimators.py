"""The estimators of our own keep the contract of scikit-learn."""

from __future__ import annotations

from typing import Any

import pytest
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import estimator_checks_generator

from ml.train.bins import QuantileBins
from ml.train.neighbours import NeighbourShares
from ml.train.proportional_odds import ProportionalOdds
from ml.train.soft_vote import SoftVote

OURS = (
    ProportionalOdds(),
    NeighbourShares(n_neighbors=5),
    QuantileBins(),
    SoftVote([("weights", LogisticRegression()), ("tree", DecisionTreeClassifier(random_state=0))]),
)

# Arrays that live elsewhere than in memory are nothing that a table of categories can be.
CHECKS = [
    (estimator, check)
    for ours in OURS
    for estimator, check in estimator_checks_generator(ours)
    if "array_api" not in check.func.__name__
]


@pytest.mark.parametrize(
    ("estimator", "check"), CHECKS, ids=[f"{type(ours).__name__}-{check.func.__name__}" for ours, check in CHECKS]
)
def test_it_keeps_the_contract_of_scikit_learn(estimator: BaseEstimator, check: Any) -> None:
    check(estimator)
