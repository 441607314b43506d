"""Every kind of dirt is undone or named, and nothing else is touched."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from ml.clean import clean_records
from ml.results import CleaningReport, Count, Rejection
from ml.source import SourceError
from tests.builders.tables import pump_rows, second_spec, student_rows, student_spec


def pumps(**columns: list[str]) -> pd.DataFrame:
    """Make raw pumps whose other columns are sound."""
    rows = len(next(iter(columns.values())))
    plain = {"condition": "sound", "temperature": "50", "vibration": "2", "maker": "Sur", "operator": "day"}
    return pd.DataFrame(
        {name: columns.get(name, [value] * rows) for name, value in plain.items()}
        | {name: cells for name, cells in columns.items() if name not in plain},
        dtype=object,
    )


def cells(name: str, *texts: str) -> tuple[list[object], CleaningReport]:
    cleaned = clean_records(pumps(**{name: list(texts)}), second_spec())
    return cleaned.table[name].tolist(), cleaned.report


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (" Sur ", "whitespace"),
        ("\xa0Sur\u200b\t", "whitespace"),
        ("'Sur'", "quotes"),
        ('"Sur"', "quotes"),
        ("' Sur '", "quotes"),
        (" sUR ", "whitespace+case"),
        ("SUR", "case"),
        (" 'sur' ", "whitespace+quotes+case"),
    ],
)
def test_a_disguised_category_is_restored_and_counted(text: str, what: str) -> None:
    values, report = cells("maker", text, "Sur")
    assert values == ["Sur", "Sur"]
    assert report.changes == (Count(what, "maker", 1),)
    assert report.missing == ()


def test_an_alias_is_read_as_its_category() -> None:
    cleaned = clean_records(pumps(condition=["OK", "sound"]), second_spec())
    assert cleaned.table["condition"].tolist() == ["sound", "sound"]
    assert cleaned.report.changes == (Count("alias", "condition", 1),)


def test_underscores_and_spaces_inside_a_category_do_not_count() -> None:
    raw = student_rows().head(2).assign(Father_occupation=["school teacher", "SCHOOL TEACHER"])
    cleaned = clean_records(raw, student_spec())
    assert cleaned.table["Father_occupation"].tolist() == ["SCHOOL_TEACHER"] * 2
    assert cleaned.report.changes == (
        Count("case+separator", "Father_occupation", 1),
        Count("separator", "Father_occupation", 1),
    )


@pytest.mark.parametrize("word", ["nan", " NAN ", "None", "MISSING", "null", "NA", "n/a", "?", "empty", "'nan'", "-"])
def test_a_word_for_nothing_is_a_missing_cell(word: str) -> None:
    for name in ("maker", "temperature"):
        values, report = cells(name, word, word)
        assert pd.isna(values).all()
        assert report.missing == (Count("null_word", name, 2),)
        assert report.unknown_values == {}


@pytest.mark.parametrize("text", ["", " ", "\xa0", "''", "\u200b"])
def test_an_empty_cell_is_missing(text: str) -> None:
    assert cells("maker", text)[1].missing == (Count("empty", "maker", 1),)


def test_a_category_that_is_spelled_like_nothing_wins() -> None:
    maker = dataclasses.replace(second_spec().features[2], categories=("Norte", "None"))
    spec = dataclasses.replace(second_spec(), features=(*second_spec().features[:2], maker, second_spec().features[3]))
    cleaned = clean_records(pumps(maker=["None", " NONE ", "nan", "Norte"]), spec)
    assert cleaned.table["maker"].tolist() == ["None", "None", None, "Norte"]


def test_no_is_an_answer() -> None:
    raw = student_rows().head(3).assign(coaching=["NO", " no ", "na"])
    cleaned = clean_records(raw, student_spec())
    assert cleaned.table["coaching"].tolist() == ["NO", "NO", None]


def test_an_unknown_category_is_missing_and_counted_never_a_new_one() -> None:
    values, report = cells("maker", "Oeste", " Oeste", "Sur")
    assert values == [None, None, "Sur"]
    assert report.missing == (Count("unknown_category", "maker", 2),)
    assert report.unknown_values == {"maker": {"Oeste": 2}}


@pytest.mark.parametrize(
    ("text", "value"), [("12", 12.0), (" 12.5 ", 12.5), ("'-3'", -3.0), (".5", 0.5), ("1e2", 100.0), ("+7.", 7.0)]
)
def test_a_number_is_read(text: str, value: float) -> None:
    assert cells("temperature", text)[0] == [value]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("hot", "not_a_number"),
        ("1_000", "not_a_number"),
        ("1,5", "not_a_number"),
        ("0x10", "not_a_number"),
        ("inf", "not_a_number"),
        ("١٢", "not_a_number"),
        ("1e999", "out_of_range"),
        ("-40.1", "out_of_range"),
        ("250.01", "out_of_range"),
    ],
)
def test_a_number_that_cannot_be_is_missing_and_counted(text: str, reason: str) -> None:
    values, report = cells("temperature", text, "-40", "250")
    assert np.isnan(values[0])
    assert values[1:] == [-40.0, 250.0]
    assert report.missing == (Count(reason, "temperature", 1),)
    assert report.unknown_values == {"temperature": {text: 1}}


def test_a_number_without_bounds_takes_any() -> None:
    assert cells("vibration", "1e30")[0] == [1e30]


def test_a_row_without_a_label_is_rejected_with_its_number_and_reason() -> None:
    raw = pumps(condition=["sound", "", " NAN ", "broken", "failing"])
    cleaned = clean_records(raw, second_spec())
    assert cleaned.table["condition"].tolist() == ["sound", "failing"]
    assert cleaned.table.index.tolist() == [0, 1]
    assert cleaned.report.rejected == (
        Rejection(2, "missing_label", ""),
        Rejection(3, "missing_label", " NAN "),
        Rejection(4, "unknown_label", "broken"),
    )
    assert cleaned.rejected["row"].tolist() == [2, 3, 4]
    assert cleaned.rejected.columns.tolist() == ["row", "reason", "detail", *raw.columns]
    assert cleaned.rejected["condition"].tolist() == ["", " NAN ", "broken"]


def test_missing_cells_are_those_of_the_rows_that_stay() -> None:
    raw = pumps(condition=["", "sound"], maker=["", "?"])
    assert clean_records(raw, second_spec()).report.missing == (Count("null_word", "maker", 1),)


def test_headers_are_matched_by_what_they_look_like() -> None:
    raw = pumps(condition=["sound"]).rename(columns={"temperature": " Temp_erature", "vibration": "VIBRATION mm/s"})
    cleaned = clean_records(raw, second_spec())
    assert list(cleaned.table.columns) == ["condition", *second_spec().feature_names]
    assert cleaned.report.renamed_columns == {" Temp_erature": "temperature", "VIBRATION mm/s": "vibration"}


def test_unknown_columns_are_dropped_and_named() -> None:
    cleaned = clean_records(pumps(condition=["sound"], colour=["red"]), second_spec())
    assert "colour" not in cleaned.table.columns
    assert cleaned.report.dropped_columns == ("colour",)


def test_missing_columns_are_named() -> None:
    raw = pumps(condition=["sound"]).drop(columns=["maker", "vibration"])
    with pytest.raises(SourceError, match="the columns vibration, maker cannot be found; the header has: condition, "):
        clean_records(raw, second_spec())


def test_two_headers_for_one_column_are_named() -> None:
    with pytest.raises(SourceError, match="'maker' and 'MAKER ' are both maker"):
        clean_records(pumps(maker=["Sur"], **{"MAKER ": ["Norte"]}), second_spec())


def test_the_raw_frame_is_not_changed() -> None:
    raw = pump_rows(20).replace("Sur", " sUR ")
    before = raw.copy(deep=True)
    clean_records(raw, second_spec())
    pd.testing.assert_frame_equal(raw, before)


def test_text_is_object_with_none_and_numbers_are_float() -> None:
    table = clean_records(pumps(maker=["", "Sur"], temperature=["", "1"]), second_spec()).table
    assert table["maker"].dtype == object
    assert table["maker"].iloc[0] is None
    assert table["temperature"].dtype == np.float64


def test_a_table_of_nothing_but_rejected_rows_is_empty() -> None:
    cleaned = clean_records(pumps(condition=["", "?"]), second_spec())
    assert cleaned.table.shape == (0, 5)
    assert cleaned.report.clean_rows == 0
