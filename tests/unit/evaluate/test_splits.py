from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedGroupKFold

from ml.evaluate.splits import EvaluationError, assign_folds, check_split, find_groups, read_labels, repeat_folds
from tests.builders.models import mixed_spec, mixed_table


def make_rows(seed: int, rows: int, classes: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Draw labels and groups, some groups large and of several classes."""
    random = np.random.default_rng(seed)
    groups = np.unique(random.geometric(4 / rows, rows), return_inverse=True)[1]
    return random.integers(0, classes, rows), groups


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(10, 200), st.integers(2, 8))
def test_a_group_never_stands_on_both_sides(seed: int, rows: int, folds: int) -> None:
    labels, groups = make_rows(seed, rows)
    fold = assign_folds(labels, groups, folds, np.random.default_rng(seed))
    assert fold.shape == (rows,)
    assert set(fold.tolist()) <= set(range(folds))
    assert all(len(set(fold[groups == group].tolist())) == 1 for group in set(groups.tolist()))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32))
def test_a_permutation_of_the_rows_leaves_the_groups_together(seed: int) -> None:
    labels, groups = make_rows(seed, 120)
    order = np.random.default_rng(seed).permutation(120)
    fold = assign_folds(labels[order], groups[order], 5, np.random.default_rng(1))
    assert all(len(set(fold[groups[order] == group].tolist())) == 1 for group in set(groups.tolist()))


def spread(labels: np.ndarray, fold: np.ndarray, folds: int) -> float:
    """Return the largest gap between two folds in the number of rows of a class."""
    counts = np.array([np.bincount(labels[fold == number], minlength=labels.max() + 1) for number in range(folds)])
    return float(np.ptp(counts, axis=0).max())


def test_rows_that_all_differ_are_spread_to_the_last_one() -> None:
    labels = np.repeat([0, 1, 2, 3], [157, 210, 198, 101])
    for fold in repeat_folds(labels, np.arange(666), 5, 10, 582):
        assert spread(labels, fold, 5) <= 1
        assert np.ptp(np.bincount(fold)) <= 4


def test_classes_are_spread_no_worse_than_by_scikit_learn() -> None:
    labels, groups = make_rows(11, 600, 4)
    ours = np.mean([spread(labels, fold, 5) for fold in repeat_folds(labels, groups, 5, 10, 3)])
    theirs = []
    for seed in range(10):
        fold = np.zeros(600, dtype=int)
        splitter = StratifiedGroupKFold(5, shuffle=True, random_state=seed)
        for number, (_, test) in enumerate(splitter.split(labels, labels, groups)):
            fold[test] = number
        theirs.append(spread(labels, fold, 5))
    assert ours <= np.mean(theirs)


def test_a_seed_fixes_the_folds_and_every_repeat_has_its_own() -> None:
    labels, groups = make_rows(2, 100)
    fold = repeat_folds(labels, groups, 5, 4, 582)
    assert np.array_equal(fold, repeat_folds(labels, groups, 5, 4, 582))
    assert np.array_equal(fold[:2], repeat_folds(labels, groups, 5, 2, 582))
    assert not np.array_equal(fold, repeat_folds(labels, groups, 5, 4, 583))
    assert len({row.tobytes() for row in fold}) == 4


def test_equal_rows_are_one_group_missing_cells_included() -> None:
    table = pd.DataFrame(
        {
            "a": pd.Series(["x", "x", None, np.nan, "x", None], dtype=object),
            "b": [1.0, 1.0, np.nan, np.nan, np.nan, 2.0],
        }
    )
    assert find_groups(table).tolist() == [0, 0, 1, 1, 2, 3]


def test_without_columns_there_is_nothing_to_predict_from() -> None:
    with pytest.raises(EvaluationError, match="no feature column"):
        find_groups(pd.DataFrame(index=range(3)))


def test_labels_are_numbered_in_the_order_of_the_spec() -> None:
    spec = mixed_spec(("low", "mid", "high"))
    assert read_labels(pd.DataFrame({"outcome": ["high", "low", "mid"]}), spec).tolist() == [2, 0, 1]


@pytest.mark.parametrize("bad", [None, np.nan, "none"])
def test_a_row_without_a_class_of_the_spec_is_refused(bad: object) -> None:
    table = mixed_table(mixed_spec()).astype(object)
    table.loc[4, "outcome"] = bad
    with pytest.raises(EvaluationError, match=r"1 rows have no class of 'outcome' \(the first is row 4"):
        read_labels(table, mixed_spec())


def refusal(labels: list[int], groups: list[int] | None = None, folds: int = 3, repeats: int = 1) -> str:
    numbers = np.array(labels, dtype=np.int64)
    with pytest.raises(EvaluationError) as caught:
        check_split(numbers, np.array(groups or range(len(labels))), ("low", "high"), folds, repeats)
    return str(caught.value)


def test_too_few_rows_of_a_class_are_named_and_counted() -> None:
    assert "class 'high' has 2 rows: too few for 3 folds" in refusal([0, 0, 0, 1, 1])
    assert "choose 2 folds or fewer" in refusal([0, 0, 0, 1, 1])
    assert "choose" not in refusal([0, 0, 0, 1])


def test_copies_of_one_row_do_not_fill_folds() -> None:
    assert "'high' has 4 rows, of which only 2 differ" in refusal([0, 0, 0, 1, 1, 1, 1], [0, 1, 2, 3, 3, 3, 4])


def test_one_class_or_one_fold_is_refused() -> None:
    assert "every row is 'low'" in refusal([0] * 9)
    assert "no rows" in refusal([])
    assert "2 folds" in refusal([0, 1] * 9, folds=1)
    assert "1 repeat" in refusal([0, 1] * 9, repeats=0)


def test_enough_is_enough() -> None:
    check_split(np.array([0, 0, 1, 1]), np.arange(4), ("low", "high"), 2, 1)
