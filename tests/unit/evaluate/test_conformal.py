"""Conformal sets keep their promise, for every class and for rows that had no say in them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from mapie.classification import SplitConformalClassifier
from sklearn.base import BaseEstimator, ClassifierMixin

from ml.evaluate.conformal import choose_sets, find_least, make_sets
from ml.results import OutOfFold
from ml.serve.contract import SetRule
from tests.builders.held_out import CLASSES, draw_held_out

SHARES = arrays(np.float64, st.tuples(st.integers(1, 20), st.just(3)), elements=st.floats(0.001, 1)).map(
    lambda raw: raw / raw.sum(axis=1, keepdims=True)
)
LEAST = arrays(np.float64, 3, elements=st.floats(0, 1))


class Reader(ClassifierMixin, BaseEstimator):
    """Answers with what it is given."""

    def __init__(self) -> None:
        self.classes_ = np.arange(3)

    def fit(self, X: np.ndarray, y: np.ndarray) -> Reader:
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        return X

    def predict(self, X: np.ndarray) -> np.ndarray:
        answers: np.ndarray = X.argmax(axis=1)
        return answers


@pytest.mark.filterwarnings("ignore:WARNING. your conformalization dataset has less labels:UserWarning")
def test_the_sets_of_a_class_are_mapies() -> None:
    held_out, new = draw_held_out(), draw_held_out(seed=2).probabilities[0]
    shares, truth = held_out.probabilities[0], held_out.truth
    least = find_least(held_out.probabilities, truth, np.arange(len(truth)), 0.9)
    ours = choose_sets(new, least)[0]
    for label in range(len(CLASSES)):
        oracle = SplitConformalClassifier(Reader(), confidence_level=0.9, conformity_score="lac", prefit=True)
        oracle.conformalize(shares[truth == label], truth[truth == label])
        theirs = oracle.predict_set(new)[1][:, label, 0]
        is_filled = choose_sets(new, least)[1]
        assert (ours[~is_filled, label] == theirs[~is_filled]).all()


def test_the_least_share_is_an_order_statistic() -> None:
    shares = np.linspace(0.05, 1, 20)[None, :, None]
    least = find_least(shares, np.zeros(20, dtype=np.int64), np.arange(20), 0.9)
    assert least[0] == pytest.approx(0.1)  # ⌈21 × 0.9⌉ = 19 of 20 have it


def test_too_few_rows_put_their_class_into_every_set() -> None:
    shares = np.linspace(0.5, 1, 8)[None, :, None]
    assert find_least(shares, np.zeros(8, dtype=np.int64), np.arange(8), 0.9) == [0]
    assert find_least(np.tile(shares, (10, 1, 1)), np.zeros(8, dtype=np.int64), np.arange(8), 0.9) == [0]


def test_rows_that_repeat_count_once() -> None:
    shares = np.tile(np.linspace(0.5, 1, 8), 4)[None, :, None]
    assert find_least(shares, np.zeros(32, dtype=np.int64), np.arange(32) % 8, 0.9) == [0]
    assert find_least(shares, np.zeros(32, dtype=np.int64), np.arange(32), 0.9) > [0]


def test_the_promise_holds_exactly_on_new_rows() -> None:
    """The coverage of ⌈(n + 1) level⌉ / (n + 1) is a theorem for scores without ties."""
    random, rows, covered = np.random.default_rng(3), 30, []
    for _ in range(4000):
        old, new = random.random(rows), random.random()
        covered.append(new >= find_least(old[None, :, None], np.zeros(rows, dtype=np.int64), np.arange(rows), 0.9)[0])
    assert np.mean(covered) == pytest.approx(28 / 31, abs=0.015)


def test_every_class_is_covered_when_held_out() -> None:
    held_out = draw_held_out(rows=3000, sharpness=2.0)
    sets = make_sets(held_out, np.arange(3000), CLASSES)
    assert sets.coverage.mean == pytest.approx(0.9, abs=0.01)
    assert all(found.mean == pytest.approx(0.9, abs=0.015) for found in sets.class_coverage.values())
    assert sets.coverage.low < sets.coverage.mean < sets.coverage.high
    assert sum(sets.sizes) == pytest.approx(1)
    assert sets.size.mean == pytest.approx(np.dot(sets.sizes, [1, 2, 3]))


def test_a_row_has_no_say_in_its_own_set() -> None:
    """One fold of a class is unlike the rest, which therefore set a least share that none of its rows has."""
    fold = np.tile(np.arange(300) % 5, (1, 1))
    truth = (np.arange(300) >= 200).astype(np.int64)
    first = np.where(truth == 1, 0.2, np.where(fold[0] == 0, 0.1, 0.9))
    held_out = OutOfFold(np.stack([first, 1 - first], axis=1)[None], fold, truth)
    sets = make_sets(held_out, np.arange(300), ("a", "b"))
    assert sets.class_coverage["a"].mean == pytest.approx(0.8)
    assert sets.least["a"] == pytest.approx(0.1)


@settings(max_examples=60, deadline=None)
@given(SHARES, LEAST)
def test_no_set_is_empty_and_the_served_rule_agrees(shares: np.ndarray, least: np.ndarray) -> None:
    members, empty = choose_sets(shares, least)
    assert members.any(axis=1).all()
    assert (members[empty].sum(axis=1) == 1).all()
    rule = SetRule(0.9, tuple(least.tolist()))
    assert [tuple(np.flatnonzero(row).tolist()) for row in members] == [rule.choose(row) for row in shares.tolist()]


@settings(max_examples=60, deadline=None)
@given(SHARES, LEAST)
def test_a_smaller_least_share_never_takes_a_class_away(shares: np.ndarray, least: np.ndarray) -> None:
    members, empty = choose_sets(shares, least)
    wider = choose_sets(shares, least / 2)[0]
    assert (wider | ~members | empty[:, None]).all()
