"""Copies are found under any disguise, and two rows that differ are never called the same."""

from __future__ import annotations

import pandas as pd

from ml.clean import clean_records, drop_repeats
from tests.builders.tables import second_spec

NAMES = ["condition", "temperature", "vibration", "maker", "operator"]


def pumps(*rows: str) -> pd.DataFrame:
    return pd.DataFrame([row.split("|") for row in rows], columns=NAMES, dtype=object)


def test_exact_and_disguised_repeats_are_told_apart() -> None:
    raw = pumps("sound|50|2|Sur|day", "failing|50|2|Sur|day", "sound|50|2|Sur|day", "sound|50.0|2| sUR |day")
    report = clean_records(raw, second_spec()).report
    assert report.repeat_groups == ((1, 3, 4),)
    assert (report.repeated_rows, report.disguised_repeats) == (2, 1)


def test_row_numbers_count_the_rejected_rows_too() -> None:
    raw = pumps("?|50|2|Sur|day", "sound|50|2|Sur|day", "sound|50|2|Sur|day")
    assert clean_records(raw, second_spec()).report.repeat_groups == ((2, 3),)


def test_a_copy_that_has_lost_a_cell_is_found() -> None:
    raw = pumps("sound|50||Sur|day", "sound|60|3|Norte|day", "sound|50|2|Sur|day")
    report = clean_records(raw, second_spec()).report
    assert report.repeat_groups == ((1, 3),)
    assert report.disguised_repeats == 1


def test_a_row_that_may_be_the_copy_of_several_is_left_alone() -> None:
    raw = pumps("sound|50||Sur|day", "sound|50|2|Sur|day", "sound|50|3|Sur|day")
    assert clean_records(raw, second_spec()).report.repeat_groups == ()


def test_a_row_that_lacks_many_cells_is_left_alone() -> None:
    raw = pumps("sound|||Sur|day", "sound|50|2|Sur|day")
    assert clean_records(raw, second_spec()).report.repeat_groups == ()


def test_equal_rows_with_missing_cells_are_repeats() -> None:
    raw = pumps("sound||||", "sound||||", "sound||||day")
    assert clean_records(raw, second_spec()).report.repeat_groups == ((1, 2),)


def test_dropping_keeps_the_fullest_row_of_each_group() -> None:
    raw = pumps("sound|50||Sur|day", "failing|1|1|Este|day", "sound|50|2|Sur|day", "sound|50|2|Sur|day")
    table = clean_records(raw, second_spec()).table
    before = table.copy(deep=True)
    dropped = drop_repeats(table)
    assert dropped["condition"].tolist() == ["failing", "sound"]
    assert dropped["vibration"].tolist() == [1.0, 2.0]
    assert dropped.index.tolist() == [0, 1]
    pd.testing.assert_frame_equal(table, before)
    pd.testing.assert_frame_equal(drop_repeats(dropped), dropped)
