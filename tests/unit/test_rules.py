"""From probabilities to an answer: each rule against the expected cost that it is to make smallest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ml.rules import RULES, Decision, RuleError, check_rule, suited_rules

PRIOR = (0.1, 0.2, 0.3, 0.4)
SHARES = arrays(np.float64, (5, 4), elements=st.floats(0.01, 1)).map(lambda drawn: drawn / drawn.sum(1, keepdims=True))


def expected_cost(shares: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """What each answer (across) costs in the mean; `cost` has the truth down."""
    return shares @ cost


@given(SHARES)
def test_the_median_is_off_by_the_fewest_classes(shares: np.ndarray) -> None:
    steps = np.abs(np.subtract.outer(np.arange(4), np.arange(4)))
    costs = expected_cost(shares, steps)
    answered = Decision("median").decide(shares)
    assert costs[np.arange(5), answered] == pytest.approx(costs.min(axis=1))


@given(SHARES)
def test_over_the_prior_every_class_counts_the_same(shares: np.ndarray) -> None:
    worth = expected_cost(shares, np.diag(1 / np.array(PRIOR)))
    answered = Decision("over_prior", PRIOR).decide(shares)
    assert worth[np.arange(5), answered] == pytest.approx(worth.max(axis=1))


@given(SHARES)
def test_the_most_probable_class_is_named_by_default(shares: np.ndarray) -> None:
    assert np.array_equal(Decision().decide(shares), shares.argmax(axis=1))


def test_the_lower_of_two_middles_is_named() -> None:
    assert Decision("median").decide(np.array([[0.1, 0.2, 0.2, 0.5], [0.0, 0.5, 0.5, 0.0]])).tolist() == [2, 1]


def test_a_class_that_no_training_row_had_is_never_named() -> None:
    assert Decision("over_prior", (0.5, 0.5, 0.0)).decide(np.array([[0.4, 0.6, 0.0]])).tolist() == [1]


def test_a_median_needs_an_order() -> None:
    assert suited_rules(is_ordinal=True) == RULES
    assert suited_rules(is_ordinal=False) == ("argmax", "over_prior")
    check_rule("median", is_ordinal=True)
    with pytest.raises(RuleError, match="in order"):
        check_rule("median", is_ordinal=False)
    with pytest.raises(RuleError, match="'mode'; choose one of argmax, median, over_prior"):
        check_rule("mode", is_ordinal=True)
