"""Shapley values: the axioms, a brute force over all orders, the shap library, and what is sampled."""

from __future__ import annotations

import math
import warnings
from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ml.serve import explain
from ml.serve.explain import explain_answer
from ml.serve.training_rows import Background

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from ml.serve.explain import Answer

    Floats = npt.NDArray[np.float64]

X = np.array([2.0, 1.0, 0.0, 0.5])


def make_background(rows: int = 6, seed: int = 3) -> Background:
    """Categories by their places in three columns, a number or a missing one in the last."""
    random = np.random.default_rng(seed)
    cells = np.column_stack([random.integers(0, 3, (rows, 3)), random.normal(0, 1, rows)])
    cells[1, 3] = np.nan
    cells[2] = X
    weights = random.uniform(0.5, 2, rows)
    return Background(cells, weights / weights.sum())


def tangled(cells: Floats) -> Floats:
    """Answer with three classes, all columns but the third acting on each other."""
    number = np.nan_to_num(cells[:, 3], nan=-1.0)
    scores = np.column_stack([cells[:, 0] * number, cells[:, 1] - number**2, 0.3 * cells[:, 0] * cells[:, 1]])
    shares: Floats = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return shares


def force(answer: Answer, cells: Floats, background: Background) -> Floats:
    """Average what each column adds over all orders and all background rows: the definition, word by word."""
    total = 0.0
    for row, weight in zip(background.cells, background.weights, strict=True):
        for order in permutations(range(len(cells))):
            mixed, gains = row.copy(), {}
            for column in order:
                before = answer(mixed[None])[0]
                mixed[column] = cells[column]
                gains[column] = answer(mixed[None])[0] - before
            total = total + weight * np.array([gains[column] for column in range(len(cells))])
    return total / math.factorial(len(cells))


def test_values_are_those_of_all_orders() -> None:
    background = make_background()
    why = explain_answer(tangled, X, background)
    np.testing.assert_allclose(why.pushes, force(tangled, X, background), atol=1e-12)
    assert why.errors is None


def test_they_add_up_to_the_way_from_the_base_to_the_answer() -> None:
    background = make_background()
    why = explain_answer(tangled, X, background)
    np.testing.assert_allclose(why.answer, tangled(X[None])[0], atol=1e-12)
    np.testing.assert_allclose(why.base, background.weights @ tangled(background.cells), atol=1e-12)
    np.testing.assert_allclose(why.pushes.sum(axis=0), why.answer - why.base, atol=1e-9)
    np.testing.assert_allclose(why.pushes.sum(axis=1), 0, atol=1e-9)  # what one class gains others lose


def test_a_column_that_is_not_read_pushes_nothing() -> None:
    np.testing.assert_allclose(explain_answer(tangled, X, make_background()).pushes[2], 0, atol=1e-15)


def test_columns_that_play_the_same_part_push_alike() -> None:
    background = make_background()
    twins = Background(background.cells[:, [0, 0, 2, 3]], background.weights)
    why = explain_answer(lambda cells: np.tanh(cells[:, :2].sum(axis=1))[:, None], X[[0, 0, 2, 3]], twins)
    np.testing.assert_allclose(why.pushes[0], why.pushes[1], atol=1e-12)
    assert why.pushes[0, 0] != 0


def test_what_adds_up_is_told_apart_exactly() -> None:
    background, parts = make_background(), np.array([[0.1, -0.2], [0.3, 0.0], [0.0, 0.5], [0.0, 0.0]])
    why = explain_answer(lambda cells: np.nan_to_num(cells) @ parts, X, background)
    mean = background.weights @ np.nan_to_num(background.cells)
    np.testing.assert_allclose(why.pushes, (X - mean)[:, None] * parts, atol=1e-12)


def test_no_row_is_answered_twice() -> None:
    asked: list[Floats] = []

    def answer(cells: Floats) -> Floats:
        asked.append(cells)
        return tangled(cells)

    explain_answer(answer, X, make_background())
    (rows,) = asked
    assert len(np.unique(rows, axis=0)) == len(rows)


@pytest.fixture
def _always_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explain, "MOST_COALITIONS", 0)


@pytest.mark.usefixtures("_always_sample")
def test_sampled_values_add_up_and_err_as_much_as_they_say() -> None:
    background = make_background()
    why = explain_answer(tangled, X, background)
    assert why.errors is not None
    np.testing.assert_allclose(why.pushes.sum(axis=0), why.answer - why.base, atol=1e-9)
    apart = np.abs(why.pushes - force(tangled, X, background))
    assert 0 < apart.max() <= 5 * why.errors.max() <= 0.02
    assert not why.pushes[2].any()


@pytest.mark.usefixtures("_always_sample")
def test_the_same_question_has_the_same_answer() -> None:
    first, second = (explain_answer(tangled, X, make_background()) for _ in range(2))
    np.testing.assert_array_equal(first.pushes, second.pushes)


def test_many_columns_are_sampled_within_the_budget() -> None:
    random = np.random.default_rng(1)
    background = Background(random.normal(size=(5, 60)), np.full(5, 0.2))
    asked: list[int] = []

    def answer(cells: Floats) -> Floats:
        asked.append(len(cells))
        return np.tanh(cells.sum(axis=1, keepdims=True))

    why = explain_answer(answer, np.ones(60), background)
    assert why.errors is not None
    assert sum(asked) <= explain.SAMPLED_ROWS


def test_many_columns_of_which_few_differ_are_exact() -> None:
    """So many values in all that no whole number tells the rows apart."""
    rows = np.kron(np.eye(40), np.ones(3))
    why = explain_answer(
        lambda c: np.tanh(c.sum(axis=1, keepdims=True)), np.zeros(120), Background(rows, np.ones(40) / 40)
    )
    assert why.errors is None
    np.testing.assert_allclose(why.pushes, -np.tanh(3) / 3 / 40, atol=1e-12)


@pytest.fixture(scope="module")
def shap() -> Iterator[Any]:
    """The library, which Matplotlib's newest release warns about; to compile it takes longer than to run it."""
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        patch.setenv("NUMBA_DISABLE_JIT", "1")
        warnings.simplefilter("ignore")
        yield pytest.importorskip("shap")


def test_the_shap_library_says_the_same(shap: Any) -> None:
    background = make_background()
    same = Background(np.nan_to_num(background.cells), np.full(6, 1 / 6))
    why = explain_answer(tangled, X, same)
    masker = shap.maskers.Independent(same.cells, max_samples=len(same.cells))
    theirs = shap.explainers.Exact(tangled, masker)(X[None])
    np.testing.assert_allclose(why.pushes, theirs.values[0], atol=1e-9)
    np.testing.assert_allclose(why.base, theirs.base_values[0], atol=1e-9)
