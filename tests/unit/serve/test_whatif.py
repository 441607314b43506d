"""What would be answered after a change: every single one, and the fewest that reach another class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ml.rules import Decision
from ml.serve import whatif
from ml.serve.contract import PredictorColumn
from ml.serve.whatif import Change, list_options, reach_others, try_each

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

COLUMNS = (
    PredictorColumn("a", "nominal", ("x", "y", "z")),
    PredictorColumn("b", "nominal", ("p", "q")),
    PredictorColumn("c", "nominal", ("m", "n")),
    PredictorColumn("d", "numeric"),
)
ROW = np.array([0.0, 0.0, 0.0, 1.0])
KNOWN = np.column_stack([np.zeros((5, 3)), [1.0, 2.0, 3.0, 4.0, np.nan]])
decide = Decision().decide


def count_steps(cells: Floats) -> Floats:
    """One class for each number of the first three columns that are not at their first value."""
    steps = (cells[:, :3] > 0).sum(axis=1)
    shares = np.full((len(cells), 4), 0.1)
    shares[np.arange(len(cells)), steps] = 0.7
    return shares


def options() -> tuple[Change, ...]:
    return list_options(COLUMNS, ROW, KNOWN)


def test_every_other_category_is_an_option_and_no_missing_one() -> None:
    assert options()[:4] == (Change(0, 1.0), Change(0, 2.0), Change(1, 1.0), Change(2, 1.0))


def test_numbers_are_tried_where_rows_have_them() -> None:
    assert [option.cell for option in options()[4:]] == [2.0, 3.0, 4.0]
    assert all(option.column != 3 for option in list_options(COLUMNS, ROW, None))


def test_every_change_is_answered_in_one_batch() -> None:
    asked: list[int] = []

    def answer(cells: Floats) -> Floats:
        asked.append(len(cells))
        return count_steps(cells)

    outcomes = try_each(answer, decide, ROW, options())
    assert asked == [7]
    assert [outcome.place for outcome in outcomes] == [1, 1, 1, 1, 0, 0, 0]
    np.testing.assert_array_equal(outcomes[0].shares, count_steps(np.array([[1.0, 0.0, 0.0, 1.0]]))[0])


def test_without_an_option_there_is_nothing_to_try() -> None:
    assert try_each(count_steps, decide, ROW, ()) == ()
    assert reach_others(count_steps, decide, ROW, (), 4).reaches[0].ways == ()


def test_each_class_is_reached_by_the_fewest_changes() -> None:
    search = reach_others(count_steps, decide, ROW, options(), 4)
    assert [len(reach.ways[0].changes) for reach in search.reaches] == [1, 2, 3]
    assert [reach.found for reach in search.reaches] == [4, 5, 2]  # ways that leave the number alone suffice
    assert search.is_whole


def test_what_may_not_change_stays() -> None:
    allowed = [option for option in options() if option.column != 1]
    search = reach_others(count_steps, decide, ROW, allowed, 4)
    assert [len(reach.ways) > 0 for reach in search.reaches] == [True, True, False]
    assert all(change.column != 1 for reach in search.reaches for way in reach.ways for change in way.changes)
    assert (search.changed, search.is_whole) == (3, True)


def test_the_likeliest_way_comes_first() -> None:
    def answer(cells: Floats) -> Floats:
        high = 0.2 * cells[:, 0] + 0.3 * cells[:, 1]
        return np.column_stack([np.full(len(cells), 0.15), high])

    (reach,) = reach_others(answer, decide, ROW, options(), 2).reaches
    assert [way.shares[1] for way in reach.ways] == [0.4, 0.3, 0.2]


def test_too_many_combinations_are_cut_to_the_strongest_and_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whatif, "MOST_ROWS", 7)
    search = reach_others(count_steps, decide, ROW, options(), 4)
    assert not search.is_whole
    assert search.reaches[0].ways
    assert search.tried <= 21
