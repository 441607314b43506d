"""Files that surprise a reader of tables: each is refused with what is wrong and where, before anything is answered."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ml.batch.checking import Checked, check_table
from ml.batch.problems import Problem
from ml.serve.contract import PredictorColumn
from tests.builders.models import make_column, make_spec
from tests.builders.workbooks import SHEET, altered, workbook, zipped

SPEC = make_spec(make_column("colour", "red", "green"), make_column("age", low=0, high=100))
COLUMNS = (PredictorColumn("colour", "nominal", ("red", "green")), PredictorColumn("age", "numeric", (), 0, 100))
GOOD = b"colour,age\nred,3\n"


def check(folder: Path, content: bytes, name: str = "t.csv") -> Checked:
    path = folder / name
    path.write_bytes(content)
    return check_table(path, COLUMNS, SPEC, wanted=2)


@pytest.mark.parametrize(
    ("content", "code", "row", "column"),
    [
        (b"", "empty", None, None),
        (b" \n \n", "empty", None, None),
        (b"\xef\xbb\xbf", "empty", None, None),
        (GOOD.decode().encode("utf-16"), "utf16", None, None),
        (GOOD.decode().encode("utf-16-le"), "utf16", None, None),
        (GOOD.decode().encode("utf-16-be"), "utf16", None, None),
        (b"colour,age\nr\0ed,3\n", "nul", None, None),
        (b"colour,age\nr\xe9d,3\n", "not_utf8", None, None),
        (b"colour,age\n\xed\xa0\x80,3\n", "not_utf8", None, None),
        (b"PK\x03\x04 rest", "not_csv", None, None),
        (b"PAR1 rest", "not_csv", None, None),
        (b"\x1f\x8b rest", "not_csv", None, None),
        (b"%PDF-1.7", "not_csv", None, None),
        (b"\xd0\xcf\x11\xe0 rest", "not_csv", None, None),
        (b"<!DOCTYPE html><table>", "not_csv", None, None),
        (b"  <html><body>", "not_csv", None, None),
        (b"<?xml version='1.0'?>", "not_csv", None, None),
        (b'[{"colour": "red"}]', "not_csv", None, None),
        (b'{"rows": []}', "not_csv", None, None),
        (b"colour,age\n", "no_rows", None, None),
        (b"colour,age", "no_rows", None, None),
        (b"colour,age\n\n\n", "no_rows", None, None),
        (b"colour,age,colour\nred,3,red\n", "header_repeats", None, "colour"),
        (b"colour,age,\nred,3,\n", "header_unnamed", None, None),
        (b"colour,age,COLOUR\nred,3,red\n", "column_twice", None, "colour"),
        (b"colour;alter\nred;3\n", "column_absent", None, "age"),
        ("cоlour,age\nred,3\n".encode(), "column_absent", None, "colour"),  # noqa: RUF001 - a Cyrillic o
        (b"red,3\ngreen,4\n", "column_absent", None, "colour"),
        (b"colour,age\nred\n", "row_short", 1, "age"),
        (b"colour,age\nred,3\n\nred,4,5\n", "row_long", 2, "age"),
        (b'colour,age\n"red,3\n', "quotes", None, None),
        (b'colour,age\n"red"x,3\n', "quotes", None, None),
        (b"colour,age\n" + b"r" * 40_000 + b",3\n", "quotes", None, None),
        (b",".join(b"c%d" % i for i in range(1_001)) + b"\n" + b"," * 1_000 + b"\n", "too_many_columns", None, None),
        (b"a," * 1_000_000 + b"\n1\n", "too_many_columns", None, None),
        (b"\n\n" + b"a," * 1_000_000 + b"\n1\n", "too_many_columns", None, None),
        (b"colour,age\nred,3\n" + b"a," * 1_000_000 + b"\n", "line_wide", None, None),
        (b"colour,age\nnobody,3\n", "no_good_rows", None, None),
    ],
)
def test_a_csv_that_is_no_table_is_refused_as_a_whole(
    tmp_path: Path, content: bytes, code: str, row: int | None, column: str | None
) -> None:
    found = check(tmp_path, content)
    first = found.problems[0]
    assert (found.is_fatal, first.code, first.row, first.column) == (True, code, row, column)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("blue,3", "unknown_category"),
        ("=red,3", "unknown_category"),
        ("r\u200ded,3", "unknown_category"),
        ("rеd,3", "unknown_category"),  # noqa: RUF001 - a Cyrillic e
        ("red,much", "not_a_number"),
        ("red,1e999", "out_of_range"),
        ("red,101", "out_of_range"),
        ("red,-0.5", "out_of_range"),
        ("red," + "9" * 400, "out_of_range"),
        ("red,Infinity", "not_a_number"),
        ("red,=1+1", "not_a_number"),
        ("red,0x10", "not_a_number"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column(tmp_path: Path, cell: str, code: str) -> None:
    found = check(tmp_path, f"colour,age\nred,3\n{cell}\n".encode())
    (problem,) = found.problems
    column = "colour" if not cell.startswith("red,") else "age"
    assert (problem.code, problem.row, problem.column, found.is_fatal) == (code, 2, column, False)
    assert len(problem.value) < 100


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfcolour,age\r\nred,3\r\n",
        b"Colour;AGE\nRED;3\n",
        b'"colour"\t"age"\n" red "\t3\n',
        b"id,age,colour\n1,3,red\n",
        b"colour,age\n\n'red',3.0\n",
        b"colour , age\nred,+3\n",
    ],
)
def test_what_people_write_is_understood(tmp_path: Path, content: bytes) -> None:
    assert check(tmp_path, content).firsts == ((1, ("red", 3.0)),)


def test_other_names_that_the_spec_gives_are_understood(tmp_path: Path) -> None:
    colour, age = SPEC.features
    spec = make_spec(replace(colour, aliases=("hue",), category_aliases={"scarlet": "red"}), age)
    path = tmp_path / "t.csv"
    path.write_bytes(b"hue,age\nscarlet,3\n")
    found = check_table(path, COLUMNS, spec, wanted=1)
    assert (found.problems, found.firsts) == ((), ((1, ("red", 3.0)),))


def test_what_is_not_there_is_missing_and_no_problem(tmp_path: Path) -> None:
    found = check(tmp_path, b"colour,age\n,\nn/a,?\n")
    assert (found.problem_count, found.firsts) == (0, ((1, (None, None)), (2, (None, None))))


def test_problems_are_counted_beyond_those_listed(tmp_path: Path) -> None:
    found = check(tmp_path, b"colour,age\nred,1\n" + b"blue,x\n" * 300)
    assert (len(found.problems), found.problem_count, found.bad_rows, found.rows) == (100, 600, 300, 301)


# ── Excel ────────────────────────────────────────────────────────────────────
def with_row(number: int, *cells: str) -> bytes:
    """A workbook whose last row is further down than those before it."""
    texts = [f'<c r="{"AB"[i]}{number}" t="inlineStr"><is><t>{text}</t></is></c>' for i, text in enumerate(cells)]
    row = f'<row r="{number}">{"".join(texts)}</row>'.encode()
    return altered(workbook(("colour", "age"), ("red", 3)), SHEET, b"</sheetData>", row)


def test_a_row_below_a_gap_has_the_number_that_the_sheet_shows(tmp_path: Path) -> None:
    found = check(tmp_path, with_row(9, "nobody", "3"), "t.xlsx")
    assert [(problem.code, problem.row) for problem in found.problems] == [("unknown_category", 8)]
    assert check(tmp_path, with_row(7, "green", "4"), "t.xlsx").firsts == ((1, ("red", 3.0)), (6, ("green", 4.0)))
    assert check(tmp_path, with_row(9, "green", "x" * 32_768), "t.xlsx").problems[0] == Problem("cell_long", 8, "age")


def test_a_sheet_is_read(tmp_path: Path) -> None:
    found = check(tmp_path, workbook(("colour", "age"), ("red", 3), (None, 4.5)), "t.xlsx")
    assert found.firsts == ((1, ("red", 3.0)), (2, (None, 4.5)))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"colour,age\n", "not_excel"),
        (b"\xd0\xcf\x11\xe0 rest", "not_excel"),
        (zipped(("a.txt", b"x")), "not_excel"),
        (zipped(("[Content_Types].xml", b"<x/>"), ("xl/workbook.xml", b"<x")), "not_excel"),
        (
            zipped(("[Content_Types].xml", b"<x/>"), ("xl/sharedStrings.xml", b" " * 70_000_000)),
            "too_large_unpacked",
        ),
        (
            altered(workbook(("colour", "age")), "xl/styles.xml", b"</cellXfs>", b"<xf/>" * 300_000),
            "too_large_unpacked",
        ),
        (
            zipped(("[Content_Types].xml", b"<x/>"), ("xl/sharedStrings.xml", b"<si><t>a</t></si>" * 1_100_000)),
            "too_large_unpacked",
        ),
        (workbook(("colour", "age")), "no_rows"),
        (workbook(), "no_sheet"),
        (workbook(("colour", "age"), ("red", 3, "more")), "row_long"),
    ],
)
def test_a_workbook_that_is_no_table(tmp_path: Path, content: bytes, code: str) -> None:
    found = check(tmp_path, content, "t.xlsx")
    assert (found.is_fatal, found.problems[0].code) == (True, code)


# ── Parquet ──────────────────────────────────────────────────────────────────
def parquet(**columns: object) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def test_parquet_is_read(tmp_path: Path) -> None:
    content = parquet(colour=pa.array(["red", None]).dictionary_encode(), age=pa.array([3, None]))
    assert check(tmp_path, content, "t.parquet").firsts == ((1, ("red", 3.0)), (2, (None, None)))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (GOOD, "not_parquet"),
        (b"PAR1" + b"\0" * 100 + b"PAR1", "not_parquet"),
        (parquet(colour=["red"], age=[3], more=[[1]]), "column_type"),
        (parquet(colour=pa.array([], pa.string()), age=pa.array([], pa.int64())), "no_rows"),
    ],
)
def test_parquet_that_is_no_table(tmp_path: Path, content: bytes, code: str) -> None:
    found = check(tmp_path, content, "t.parquet")
    assert (found.is_fatal, found.problems[0].code) == (True, code)
