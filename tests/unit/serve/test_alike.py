"""The training rows like this one: the distance, and that nobody is counted in a group too small."""

from __future__ import annotations

import numpy as np

from ml.serve.alike import find_alike
from ml.serve.contract import PredictorColumn
from ml.serve.training_rows import Background, TrainingRows

WORDS = (
    PredictorColumn("a", "nominal", ("x", "y", "z")),
    PredictorColumn("b", "nominal", ("p", "q")),
)
NUMBERS = (PredictorColumn("a", "nominal", ("x", "y")), PredictorColumn("n", "numeric"))


def make_rows(cells: list[list[float]], counts: list[list[int]], total: int | None = None) -> TrainingRows:
    table = np.array(cells, dtype=np.float64)
    numbers = np.array(counts)
    return TrainingRows(table, numbers, Background(table[:1], np.ones(1)), total or int(numbers.sum()))


def test_rows_with_the_very_same_values_are_counted_where_they_are_enough() -> None:
    rows = make_rows([[0, 0], [0, 1], [2, 1]], [[7, 5], [10, 2], [1, 1]])
    alike = find_alike(np.array([0.0, 0.0]), rows, WORDS)
    assert [(group.distance, group.rows, group.counts) for group in alike.groups] == [
        (0.0, 12, (7, 5)),
        (1.0, 24, (17, 7)),
    ]
    assert (alike.everybody.rows, alike.everybody.counts) == (26, (18, 8))


def test_fewer_than_ten_are_never_counted_nor_left_between_two_groups() -> None:
    rows = make_rows([[0, 0], [0, 1], [1, 1]], [[9, 0], [1, 0], [0, 9]])
    alike = find_alike(np.array([0.0, 0.0]), rows, WORDS)
    assert [(group.distance, group.rows) for group in alike.groups] == [(1.0, 10)]


def test_a_table_too_small_says_nothing() -> None:
    assert find_alike(np.array([0.0, 0.0]), make_rows([[0, 0]], [[5, 4]]), WORDS).groups == ()


def test_rows_at_one_distance_stand_together() -> None:
    rows = make_rows([[1, 0], [2, 0], [0, 1]], [[6, 0], [0, 6], [3, 3]])
    (group,) = find_alike(np.array([0.0, 0.0]), rows, WORDS).groups
    assert (group.distance, group.rows, group.counts) == (1.0, 18, (9, 9))


def test_numbers_differ_by_their_share_of_the_range() -> None:
    rows = make_rows([[0, 0], [0, 5], [0, 10]], [[10, 0], [0, 10], [3, 7]])
    alike = find_alike(np.array([0.0, 1.0]), rows, NUMBERS)
    assert [group.distance for group in alike.groups] == [0.1, 0.4]


def test_a_missing_number_is_like_a_missing_one_and_far_from_all_others() -> None:
    rows = make_rows([[0, np.nan], [0, 5], [0, 9]], [[10, 0], [0, 10], [5, 5]])
    alike = find_alike(np.array([0.0, np.nan]), rows, NUMBERS)
    assert [(group.distance, group.rows) for group in alike.groups] == [(0.0, 10), (1.0, 30)]


def test_a_number_beyond_all_others_is_no_further_than_another_category() -> None:
    rows = make_rows([[1, 5], [0, 5], [0, 9]], [[10, 0], [0, 10], [0, 0]])
    assert find_alike(np.array([0.0, 1e6]), rows, NUMBERS).groups[0].distance == 1.0


def test_a_sample_is_called_one() -> None:
    assert find_alike(np.array([0.0, 0.0]), make_rows([[0, 0]], [[10, 4]], total=15), WORDS).is_sample
