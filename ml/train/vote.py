"""The family in which four others answer together."""

from __future__ import annotations

from sklearn.pipeline import Pipeline

from ml.spec import DatasetSpec
from ml.train.counting import COUNTING
from ml.train.family import Family
from ml.train.linear import LINEAR
from ml.train.soft_vote import SoftVote
from ml.train.trees import TREES

_MEMBERS = ("logistic_regression", "proportional_odds", "naive_bayes", "random_forest")
"""One of each way of thinking: weights, order, counts, trees. Chosen before any of them was looked at together."""


def build_soft_vote(spec: DatasetSpec, seed: int) -> Pipeline:
    """Average the shares of the members that suit the target."""
    known = {family.name: family for family in (*LINEAR, *COUNTING, *TREES)}
    members = [(name, known[name].build(spec, seed)) for name in _MEMBERS if known[name].suits(spec)]
    return Pipeline([("model", SoftVote(members))])


VOTE = (Family("soft_vote", build_soft_vote),)
