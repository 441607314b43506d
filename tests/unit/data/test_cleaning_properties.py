"""Whatever the cells hold, cleaning has an answer, and cleaning twice is cleaning once."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.clean import clean_records, drop_repeats
from ml.clean.write import _to_csv
from ml.source import parse_table
from ml.spec import Column, DatasetSpec, Kind
from tests.builders.tables import second_spec, student_spec

SPECS = st.sampled_from([second_spec(), student_spec()])
DISGUISES = st.sampled_from([str, str.lower, str.upper, str.swapcase, "' {} '".format, " {}\xa0".format, '"{}"'.format])


ANY_TEXT = st.text(alphabet=st.characters())  # lone surrogates too


def cells_of(column: Column) -> st.SearchStrategy[str]:
    """Mostly what could stand there, disguised; else a word for nothing, or any text at all."""
    likely = column.categories or ("1", "-5.5", "1e3", "2.50")
    disguised = st.builds(lambda disguise, text: disguise(text), DISGUISES, st.sampled_from(likely))
    return disguised | st.sampled_from(["", "nan", " ? ", "other"]) | ANY_TEXT


@st.composite
def raw_tables(draw: st.DrawFn) -> tuple[pd.DataFrame, DatasetSpec]:
    spec = draw(SPECS)
    rows = draw(st.lists(st.tuples(*map(cells_of, spec.columns)), max_size=6))
    return pd.DataFrame(rows, columns=[column.name for column in spec.columns], dtype=object), spec


@settings(max_examples=60, deadline=None, database=None)  # a busy machine is no failure
@given(raw_tables())
def test_any_text_at_all_has_an_answer(case: tuple[pd.DataFrame, DatasetSpec]) -> None:
    raw, spec = case
    cleaned = clean_records(raw, spec)
    assert cleaned.report.clean_rows + len(cleaned.report.rejected) == len(raw)
    drop_repeats(cleaned.table)


@settings(max_examples=60, deadline=None, database=None)  # a busy machine is no failure
@given(raw_tables())
def test_every_value_is_one_that_the_spec_knows(case: tuple[pd.DataFrame, DatasetSpec]) -> None:
    raw, spec = case
    table = clean_records(raw, spec).table
    assert list(table.columns) == [column.name for column in spec.columns]
    assert table[spec.target.name].notna().all()
    for column in spec.columns:
        found = table[column.name].dropna()
        if column.kind is Kind.NUMERIC:
            low = column.low if column.low is not None else float("-inf")
            assert found.between(low, column.high if column.high is not None else float("inf")).all()
        else:
            assert set(found) <= set(column.categories)


@settings(max_examples=60, deadline=None, database=None)  # a busy machine is no failure
@given(raw_tables())
def test_every_raw_cell_is_kept_changed_or_missing(case: tuple[pd.DataFrame, DatasetSpec]) -> None:
    raw, spec = case
    cleaned = clean_records(raw, spec)
    missing = int(cleaned.table.isna().sum().sum())
    assert missing == sum(count.cells for count in cleaned.report.missing)
    assert sum(count.cells for count in cleaned.report.changes) <= raw.size - missing


@settings(max_examples=60, deadline=None, database=None)  # a busy machine is no failure
@given(raw_tables())
def test_cleaning_a_clean_table_changes_nothing(case: tuple[pd.DataFrame, DatasetSpec]) -> None:
    raw, spec = case
    once = clean_records(raw, spec)
    if once.table.empty:
        return
    again = clean_records(parse_table(_to_csv(once.table), "clean.csv"), spec)
    pd.testing.assert_frame_equal(again.table, once.table)
    assert again.report.changes == ()
    assert again.report.rejected == ()
    assert {count.what for count in again.report.missing} <= {"empty"}
