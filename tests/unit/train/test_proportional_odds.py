from __future__ import annotations

import numpy as np
import pytest
from mord import LogisticAT
from scipy.optimize import check_grad
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, cross_val_predict
from statsmodels.miscmodels.ordinal_model import OrderedModel

from ml.train.proportional_odds import ProportionalOdds, _penalised_loss, _start

WORST_TO_BEST = ("poor", "fair", "good", "superb")


@pytest.fixture(scope="module")
def graded() -> tuple[np.ndarray, np.ndarray]:
    """Rows whose grade follows the model, with weights 1, -0.5 and 0 and uneven thresholds."""
    random = np.random.default_rng(3)
    X = random.normal(size=(500, 3))
    hidden = X @ [1, -0.5, 0] + random.logistic(size=500)
    return X, np.array(WORST_TO_BEST, dtype=object)[np.searchsorted([-1.5, 0.2, 2.0], hidden)]


def ranks_of(labels: np.ndarray) -> np.ndarray:
    return np.array([WORST_TO_BEST.index(label) for label in labels])


def test_without_a_penalty_it_is_the_maximum_of_the_likelihood(graded: tuple[np.ndarray, np.ndarray]) -> None:
    X, labels = graded
    fitted = ProportionalOdds(C=np.inf, categories=WORST_TO_BEST).fit(X, labels)
    oracle = OrderedModel(ranks_of(labels), X, distr="logit").fit(method="bfgs", disp=False, maxiter=500)
    assert fitted.coef_ == pytest.approx(oracle.params[:3], abs=1e-4)
    assert fitted.thresholds_ == pytest.approx(oracle.model.transform_threshold_params(oracle.params)[1:-1], abs=1e-4)
    in_order = fitted.predict_proba(X)[:, [list(fitted.classes_).index(name) for name in WORST_TO_BEST]]
    assert np.abs(in_order - oracle.predict()).max() < 1e-4


@pytest.mark.filterwarnings("ignore:scipy.optimize. The `disp`:DeprecationWarning")  # mord asks so
def test_it_agrees_with_the_all_threshold_model_of_mord(graded: tuple[np.ndarray, np.ndarray]) -> None:
    """LogisticAT bounds the same model from another side: alike in answers, not in digits."""
    X, labels = graded
    ours, theirs = ProportionalOdds().fit(X, ranks_of(labels)), LogisticAT(alpha=1.0).fit(X, ranks_of(labels))
    assert np.abs(ours.predict_proba(X) - theirs.predict_proba(X)).max() < 0.03
    assert ours.coef_ == pytest.approx(theirs.coef_, abs=0.1)
    assert ours.thresholds_ == pytest.approx(theirs.theta_, abs=0.15)


@pytest.mark.parametrize("strength", [0.05, 1.0])
def test_two_classes_are_a_logistic_regression(graded: tuple[np.ndarray, np.ndarray], strength: float) -> None:
    X, labels = graded
    is_good = ranks_of(labels) > 1
    ours = ProportionalOdds(C=strength).fit(X, is_good)
    theirs = LogisticRegression(C=strength, tol=1e-8).fit(X, is_good)
    assert ours.coef_ == pytest.approx(theirs.coef_[0], abs=1e-5)
    assert np.abs(ours.predict_proba(X) - theirs.predict_proba(X)).max() < 1e-5


@pytest.mark.parametrize("strength", [0.3, np.inf])
def test_the_gradient_is_that_of_the_loss(graded: tuple[np.ndarray, np.ndarray], strength: float) -> None:
    X, labels = graded
    ranks = ranks_of(labels)
    point = _start(ranks, 3) + np.random.default_rng(1).normal(size=6) / 5
    given = (X, ranks, 4, strength)
    error = check_grad(lambda p: _penalised_loss(p, *given)[0], lambda p: _penalised_loss(p, *given)[1], point)
    assert error < 1e-3


def test_the_order_is_that_of_the_categories_whatever_their_names(graded: tuple[np.ndarray, np.ndarray]) -> None:
    X, labels = graded
    named = ProportionalOdds(categories=WORST_TO_BEST).fit(X, labels)
    numbered = ProportionalOdds().fit(X, ranks_of(labels))
    assert named.coef_ == pytest.approx(numbered.coef_)
    assert [named.classes_[place] for place in named.order_] == list(WORST_TO_BEST)
    assert (ranks_of(named.predict(X)) == numbered.predict(X)).all()


def test_the_order_survives_the_numbers_that_cross_validation_puts_for_labels(
    graded: tuple[np.ndarray, np.ndarray],
) -> None:
    X, labels = graded
    model = ProportionalOdds(categories=WORST_TO_BEST)
    named = cross_val_predict(model, X, labels, method="predict_proba", cv=KFold(3))
    numbered = cross_val_predict(ProportionalOdds(), X, ranks_of(labels), method="predict_proba", cv=KFold(3))
    assert named[:, [sorted(WORST_TO_BEST).index(name) for name in WORST_TO_BEST]] == pytest.approx(numbered)
    encoded = np.unique(labels, return_inverse=True)[1]
    assert model.fit(X, encoded).coef_ == pytest.approx(ProportionalOdds().fit(X, ranks_of(labels)).coef_)


def test_a_class_that_no_row_has_is_left_out(graded: tuple[np.ndarray, np.ndarray]) -> None:
    X, labels = graded
    few = labels != "fair"
    fitted = ProportionalOdds(categories=WORST_TO_BEST).fit(X[few], labels[few])
    assert fitted.predict_proba(X).shape == (500, 3)
    assert len(fitted.thresholds_) == 2
    assert (np.diff(fitted.thresholds_) > 0).all()


def test_a_label_that_is_no_category_is_refused(graded: tuple[np.ndarray, np.ndarray]) -> None:
    X, labels = graded
    with pytest.raises(ValueError, match="'superb' is none of the categories"):
        ProportionalOdds(categories=WORST_TO_BEST[:3]).fit(X, labels)
