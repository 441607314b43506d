"""Calibration curves, against scikit-learn's calibrators on the same predictions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import logit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator

from ml.evaluate.metrics import log_loss
from ml.families import CALIBRATIONS
from ml.train.calibrators import bend, learn_bends
from tests.builders.held_out import draw_held_out

METHODS = CALIBRATIONS[1:]
RAW = arrays(np.float64, st.tuples(st.integers(1, 12), st.just(3)), elements=st.floats(0, 1)).map(
    lambda raw: (raw + 1e-9) / (raw + 1e-9).sum(axis=1, keepdims=True)
)


class Teller(ClassifierMixin, BaseEstimator):
    """Says what it is given."""

    def __init__(self) -> None:
        self.classes_ = np.arange(3)

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def fit(self, X: np.ndarray, y: np.ndarray) -> Teller:
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        answers: np.ndarray = X.argmax(axis=1)
        return answers

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        return X


class OddsTeller(Teller):
    """Says the log-odds of what it is given, which is where our sigmoids are fitted."""

    def decision_function(self, X: np.ndarray) -> np.ndarray:
        odds: np.ndarray = logit(X)
        return odds


def draw(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Shares of three digits that are too sure of themselves, and the truth."""
    held_out = draw_held_out(sharpness=2.0, seed=seed)
    raw = held_out.probabilities[0].clip(0.01, 0.98)
    first = (raw / raw.sum(axis=1, keepdims=True)).round(3)
    return np.column_stack([first[:, :2], 1 - first[:, 0] - first[:, 1]]).round(3), held_out.truth


@pytest.mark.parametrize(
    ("method", "teller"), [("sigmoid", OddsTeller()), ("isotonic", Teller()), ("temperature", Teller())]
)
def test_curves_are_scikit_learns(method: str, teller: Teller) -> None:
    (old, truth), (new, _) = draw(1), draw(2)
    oracle = CalibratedClassifierCV(FrozenEstimator(teller), method=method).fit(old, truth)
    ours = bend(method, learn_bends(method, old, truth), new)
    assert ours == pytest.approx(oracle.predict_proba(new), abs=2e-5)


@pytest.mark.parametrize("method", METHODS)
def test_bending_makes_an_overconfident_model_better_on_new_rows(method: str) -> None:
    (old, truth), (new, new_truth) = draw(3), draw(4)
    bent = bend(method, learn_bends(method, old, truth), new)
    assert log_loss(new_truth, bent) < log_loss(new_truth, new) or method == "isotonic"
    assert ((bent - new) ** 2).mean() > 1e-4


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=40, deadline=None)
@given(raw=RAW)
def test_what_is_bent_is_a_distribution(method: str, raw: np.ndarray) -> None:
    old, truth = draw(1)
    bent = bend(method, learn_bends(method, old, truth), raw)
    assert ((bent >= 0) & (bent <= 1)).all()
    assert bent.sum(axis=1) == pytest.approx(np.ones(len(raw)))


@settings(max_examples=40, deadline=None)
@given(RAW)
def test_a_temperature_changes_no_answer(raw: np.ndarray) -> None:
    bent = bend("temperature", [np.array([1.7])], raw)
    rows = np.arange(len(raw))
    assert bent[rows, raw.argmax(axis=1)] == pytest.approx(bent.max(axis=1))


def test_a_row_that_every_curve_denies_is_even() -> None:
    step = np.array([[0.0, 1.0], [0.0, 0.0]])
    assert bend("isotonic", [step, step], np.array([[0.3, 0.7]])).tolist() == [[0.5, 0.5]]
