"""A sheet as CSV, JSON and Parquet: exact, typed, nothing that a spreadsheet would run, and never whole if it broke."""

from __future__ import annotations

import csv
import gc
import io
import json
import math
from collections.abc import Iterator
from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest

from webapp.runs.export.parquet import BATCHES, write_parquet
from webapp.runs.export.sheet import Rows, Sheet, SheetColumn, Type
from webapp.runs.export.writing import stream_csv, stream_json

COLUMNS = (
    SheetColumn("name", Type.TEXT),
    SheetColumn("started_at", Type.MOMENT),
    SheetColumn("runs", Type.WHOLE),
    SheetColumn("metrics.auc", Type.NUMBER),
)
AT = 1_790_000_000_123
ROWS = (
    ('été, "x"\n🌲', AT, 2**53 + 1, 0.1 + 0.2),
    (None, None, None, None),
    ("x", 10**17, 0, math.nan),
    ("y", -1, -5, math.inf),
    ("z", 0, 1, -math.inf),
)  # fmt: skip


def make_sheet(*batches: Rows) -> Sheet:
    return Sheet(COLUMNS, iter(batches))


def break_off(batches: int) -> Sheet:
    """A sheet that fails after some batches."""

    def read() -> Iterator[Rows]:
        yield from [ROWS] * batches
        raise OSError("the store went away")

    return Sheet(COLUMNS, read())


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def test_csv_has_every_value_in_full() -> None:
    header, *rows = read_csv(b"".join(stream_csv(make_sheet(ROWS[:2], ROWS[2:]))))
    assert header == ["name", "started_at", "runs", "metrics.auc"]
    assert rows == [
        ['été, "x"\n🌲', "2026-09-21T14:13:20.123Z", "9007199254740993", "0.30000000000000004"],
        ["", "", "", ""],
        ["x", "", "0", "NaN"],
        ["y", "1969-12-31T23:59:59.999Z", "-5", "Infinity"],
        ["z", "1970-01-01T00:00:00.000Z", "1", "-Infinity"],
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1"])
def test_csv_holds_no_formula(text: str) -> None:
    _header, (name, *_others) = read_csv(b"".join(stream_csv(make_sheet([(text, None, None, None)]))))
    assert name == f"'{text}"


def test_a_number_below_zero_is_no_formula() -> None:
    _header, row = read_csv(b"".join(stream_csv(make_sheet([("-1e-04", None, -5, -0.5)]))))
    assert row == ["-1e-04", "", "-5", "-0.5"]


def test_a_column_that_is_named_like_a_formula_is_quelled_too() -> None:
    sheet = Sheet((SheetColumn("=1+1", Type.TEXT),), iter(()))
    assert b"".join(stream_csv(sheet)) == b"'=1+1\r\n"


def test_json_is_one_array_with_numbers_as_numbers() -> None:
    rows = json.loads(b"".join(stream_json(make_sheet(ROWS[:2], ROWS[2:]))))
    assert [row["metrics.auc"] for row in rows] == [0.1 + 0.2, None, "NaN", "Infinity", "-Infinity"]
    assert rows[0] == {
        "name": 'été, "x"\n🌲', "started_at": "2026-09-21T14:13:20.123Z", "runs": 2**53 + 1, "metrics.auc": 0.1 + 0.2,
    }  # fmt: skip


def test_json_without_rows_is_an_empty_array() -> None:
    assert json.loads(b"".join(stream_json(make_sheet()))) == []


def test_parquet_has_types_and_nulls() -> None:
    file = io.BytesIO()
    write_parquet(make_sheet(ROWS[:2], ROWS[2:]), file)
    table = pq.read_table(file)
    assert [str(field.type) for field in table.schema] == ["string", "timestamp[ms, tz=UTC]", "int64", "double"]
    assert table["name"].to_pylist() == [row[0] for row in ROWS]
    assert table["runs"].to_pylist() == [row[2] for row in ROWS]
    assert table["started_at"][0].as_py() == datetime.fromtimestamp(AT / 1000, UTC)
    first, missing, nan, *ends = table["metrics.auc"].to_pylist()
    assert (first, missing, ends) == (0.1 + 0.2, None, [math.inf, -math.inf])
    assert math.isnan(nan)


def test_parquet_without_rows_has_its_columns() -> None:
    file = io.BytesIO()
    write_parquet(make_sheet(), file)
    assert pq.read_table(file).column_names == [column.name for column in COLUMNS]


def test_parquet_is_written_in_row_groups() -> None:
    file = io.BytesIO()
    write_parquet(make_sheet(*[ROWS] * (BATCHES + 1)), file)
    assert pq.ParquetFile(file).num_row_groups == 2


def test_json_that_broke_off_is_no_whole_file() -> None:
    content: list[bytes] = []
    with pytest.raises(OSError, match="went away"):
        content.extend(stream_json(break_off(2)))
    assert len(content) == 2
    with pytest.raises(json.JSONDecodeError):
        json.loads(b"".join(content))


def test_parquet_that_broke_off_is_no_whole_file() -> None:
    file = io.BytesIO()
    with pytest.raises(OSError, match="went away"):
        write_parquet(break_off(BATCHES + 1), file)
    gc.collect()
    assert len(file.getvalue()) > len(b"PAR1")
    assert not file.getvalue().endswith(b"PAR1")
