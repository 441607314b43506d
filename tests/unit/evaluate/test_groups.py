"""Who is alike, and whom nobody may single out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.evaluate.groups import find_masks, hide_small
from ml.examination.people import FEWEST
from tests.builders.models import make_column

COLOUR, AGE = make_column("colour", "red", "green", "blue"), make_column("age")


def test_groups_follow_the_spec_and_missing_values_are_one() -> None:
    table = pd.DataFrame({"colour": ["green", None, "red", "green"]})
    masks = find_masks(table, [COLOUR])
    assert list(masks) == [("red",), ("green",), (None,)]
    assert masks["green",].tolist() == [True, False, False, True]


def test_a_number_is_cut_at_its_quartiles() -> None:
    table = pd.DataFrame({"age": [*range(1, 9), np.nan]})
    counts = {key[0]: int(mask.sum()) for key, mask in find_masks(table, [AGE]).items()}
    assert counts == {"1 – 2.75": 2, "2.75 – 4.5": 2, "4.5 – 6.25": 2, "6.25 – 8": 2, None: 1}


@pytest.mark.parametrize("values", [[3.0] * 12, [np.nan] * 4, [1.0] * 9 + [2.0] * 3])
def test_every_row_is_in_one_group_whatever_the_numbers(values: list[float]) -> None:
    masks = find_masks(pd.DataFrame({"age": values}), [AGE])
    assert np.sum(list(masks.values()), axis=0).tolist() == [1] * len(values)


def test_two_columns_are_crossed_and_empty_crossings_left_out() -> None:
    table = pd.DataFrame({"colour": ["red", "red", "blue"], "age": [1.0, np.nan, 1.0]})
    masks = find_masks(table, [COLOUR, AGE])
    assert sorted(masks, key=str) == sorted([("red", "1 – 1"), ("red", None), ("blue", "1 – 1")], key=str)


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ({"a": 50, "b": 20, "c": 10}, set()),
        ({"a": 50, "b": 20, "c": 9}, {"b", "c"}),  # one alone is what is missing from the total
        ({"a": 50, "b": 20, "c": 3, "d": 4}, {"b", "c", "d"}),  # and so are seven
        ({"a": 50, "b": 5, "c": 6}, {"b", "c"}),
        ({"a": 9}, {"a"}),
    ],
)
def test_small_groups_are_hidden_with_company(counts: dict[str, int], hidden: set[str]) -> None:
    assert hide_small({(name,): count for name, count in counts.items()}) == {(name,) for name in hidden}


def test_a_hidden_crossing_cannot_be_had_from_the_totals_of_its_line_or_column() -> None:
    counts = {("f", "x"): 3, ("f", "y"): 30, ("f", "z"): 40, ("m", "x"): 50, ("m", "y"): 60, ("m", "z"): 70}
    hidden = hide_small(counts)
    for place in (0, 1):
        for category in {key[place] for key in counts}:
            gone = [counts[key] for key in hidden if key[place] == category]
            assert not gone or (len(gone) > 1 and sum(gone) >= FEWEST)


@given(st.dictionaries(st.tuples(st.sampled_from("abc"), st.sampled_from("wxyz")), st.integers(1, 60), min_size=1))
def test_no_small_count_is_shown_or_left_over(counts: dict[tuple[str, str], int]) -> None:
    hidden = hide_small(counts)
    assert all(count >= FEWEST for key, count in counts.items() if key not in hidden)
    for place in (0, 1):
        for category in {key[place] for key in counts}:
            line = [key for key in counts if key[place] == category]
            gone = [counts[key] for key in line if key in hidden]
            assert not gone or len(gone) == len(line) or (len(gone) > 1 and sum(gone) >= FEWEST)
