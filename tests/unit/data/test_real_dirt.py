"""The file that real teams worked from, against the original as the truth."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from ml.clean import CleanedTable, clean_records, drop_repeats
from ml.source import read_table
from tests.builders.tables import student_spec

UNLABELLED = {44, 52, 222, 372, 522, 660}


@pytest.fixture(scope="module")
def original(uci_arff: Path) -> CleanedTable:
    return clean_records(read_table(uci_arff)[0], student_spec())


@pytest.fixture(scope="module")
def raw(dirty_csv: Path) -> pd.DataFrame:
    return read_table(dirty_csv)[0]


@pytest.fixture(scope="module")
def cleaned(raw: pd.DataFrame) -> CleanedTable:
    return clean_records(raw, student_spec())


def test_the_original_needs_no_cleaning(original: CleanedTable) -> None:
    report = original.report
    assert (report.raw_rows, report.clean_rows, report.repeated_rows, report.disguised_repeats) == (666, 666, 44, 0)
    assert (report.changes, report.missing, report.rejected, report.dropped_columns) == ((), (), (), ())
    assert original.table.drop(columns="Performance").drop_duplicates().shape[0] == 576


def test_every_roughened_cell_is_restored_and_no_other_is_changed(
    original: CleanedTable, raw: pd.DataFrame, cleaned: CleanedTable
) -> None:
    kept = [row for row in range(666) if row + 1 not in UNLABELLED]
    truth = original.table.loc[kept].reset_index(drop=True)
    found = cleaned.table.head(len(kept))
    lost = found.isna()
    assert found.mask(lost, truth).equals(truth)
    assert int(lost.sum().sum()) == 72 - 6 + 7
    headers = {**{name: name for name in truth}, "Class_X_Percentage": "Class_ X_Percentage"}
    rough = raw.loc[:, list(headers.values())].map(lambda text: text != text.strip() and text.strip().lower() != "nan")
    assert int(rough.sum().sum()) == 399


def test_the_report_counts_what_was_done(cleaned: CleanedTable) -> None:
    report = cleaned.report
    assert {count.what for count in report.changes} == {"whitespace+case"}
    assert sum(count.cells for count in report.changes) == 399
    by_reason = {
        what: sum(count.cells for count in report.missing if count.what == what) for what in ("empty", "null_word")
    }
    assert by_reason == {"empty": 66, "null_word": 7}
    assert sum(by_reason.values()) == sum(count.cells for count in report.missing)
    assert report.renamed_columns == {"Class_ X_Percentage": "Class_X_Percentage"}
    assert report.unknown_values == {}


def test_the_rows_without_a_label_are_rejected_and_no_class_is_invented(cleaned: CleanedTable) -> None:
    assert {rejection.row for rejection in cleaned.report.rejected} == UNLABELLED
    assert {rejection.reason for rejection in cleaned.report.rejected} == {"missing_label"}
    assert cleaned.rejected["row"].tolist() == sorted(UNLABELLED)
    assert set(cleaned.table["Performance"]) == {"Average", "Good", "Vg", "Excellent"}
    assert cleaned.report.clean_rows == 673


def test_the_column_of_noise_is_dropped(cleaned: CleanedTable) -> None:
    assert cleaned.report.dropped_columns == ("mixed_type_col",)
    assert list(cleaned.table.columns) == ["Performance", *student_spec().feature_names]


def test_the_appended_copies_are_reported_as_repeats(cleaned: CleanedTable) -> None:
    copies = {row for group in cleaned.report.repeat_groups for row in group[1:]}
    assert set(range(667, 680)) <= copies
    assert cleaned.report.repeated_rows == 53
    assert len(drop_repeats(cleaned.table)) == 673 - 53


def test_no_two_rows_that_differ_in_the_original_are_called_the_same(
    original: CleanedTable, cleaned: CleanedTable
) -> None:
    truth = original.table.to_numpy().tolist()
    for group in cleaned.report.repeat_groups:
        known = [truth[row - 1] for row in group if row <= 666]
        assert all(row == known[0] for row in known), group


@pytest.mark.parametrize(
    "disguise",
    ["'{}'".format, str.lower, str.upper, '"{}"'.format, "  {}\t".format],
    ids=["single quotes", "lower", "upper", "quotes", "space"],
)  # fmt: skip
def test_other_copies_in_the_wild_are_read_the_same(uci_arff: Path, original: CleanedTable, disguise: object) -> None:
    rough = read_table(uci_arff)[0].map(disguise)
    pd.testing.assert_frame_equal(clean_records(rough, student_spec()).table, original.table)


def test_categories_from_the_wild_become_missing(uci_arff: Path) -> None:
    raw = read_table(uci_arff)[0].head(3).assign(time=["less than 1 hour", "1-2 hours", "ONE"])
    cleaned = clean_records(raw, student_spec())
    assert cleaned.table["time"].tolist() == [None, None, "ONE"]
    assert cleaned.report.unknown_values == {"time": {"less than 1 hour": 1, "1-2 hours": 1}}
