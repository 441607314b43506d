"""From the ways in which MLflow's clients spell a table to the rows that the model takes.

As there, columns that the model does not read are dropped, and a value that one record of several lacks is a missing
one. Unlike there, a value that the column cannot have is refused rather than predicted from.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from typing import Any

from ml.serve.contract import Cell, PredictorColumn, Row
from webapp.api.problems import Problem

FORMATS = ("dataframe_split", "dataframe_records", "instances", "inputs")
MOST_ROWS = 10_000
MOST_COLUMNS = 1_000


def read_rows(body: Mapping[str, Any], columns: Sequence[PredictorColumn]) -> list[Row]:
    """Read one of the four spellings.

    Raises
    ------
    Problem
        With what is wrong.
    """
    given = [name for name in FORMATS if name in body]
    if len(given) != 1:
        raise Problem(400, f"The body has exactly one of {', '.join(FORMATS)}; this one has {len(given)} of them.")
    (name,) = given
    records = {
        "dataframe_split": _read_split,
        "dataframe_records": _read_records,
        "instances": _read_records,
        "inputs": _read_inputs,
    }[name](body[name], name)
    return _fit(records, columns, name)


def read_csv(text: str, columns: Sequence[PredictorColumn], null_words: Iterable[str]) -> list[Row]:
    """Read a table with a header, in which an empty cell or one of `null_words` is a missing value.

    Raises
    ------
    Problem
        With what is wrong.
    """
    lines = csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        header = next(lines, [])
        _check_header(header)
        read = {column.name: _Reader(column, frozenset(null_words)) for column in columns}
        records = []
        for line in lines:
            if len(line) != len(header):
                said = f"Line {lines.line_num} has {len(line)} cells, and the header has {len(header)}."
                raise Problem(400, said)
            records.append({name: read[name](cell) for name, cell in zip(header, line, strict=True) if name in read})
            _check_count(records)
    except csv.Error as error:
        raise Problem(400, f"Line {lines.line_num} is not CSV: {error}.") from None
    return _fit(records, columns, "the header")


class _Reader:
    """From a cell's text to its value; what is no number is left to the model's own check, which says so."""

    def __init__(self, column: PredictorColumn, null_words: frozenset[str]) -> None:
        self._is_numeric, self._known, self._null_words = column.is_numeric, column.codes, null_words

    def __call__(self, text: str) -> Cell:
        if not self._is_numeric and text in self._known:
            return text
        if not text.strip() or text.strip().lower() in self._null_words:
            return None
        try:
            return float(text) if self._is_numeric else text
        except ValueError:
            return text


def _read_split(value: Any, name: str) -> list[dict[str, Any]]:
    if not isinstance(value, dict) or not isinstance(value.get("columns"), list):
        raise Problem(400, f"{name} is an object with 'columns', a list of names, and 'data', a list of rows.")
    header, data = value["columns"], value.get("data")
    _check_header(header)
    if not isinstance(data, list):
        raise Problem(400, f"{name}: 'data' is a list of rows, each a list of {len(header)} values.")
    _check_count(data)
    for number, row in enumerate(data, 1):
        if not isinstance(row, list) or len(row) != len(header):
            raise Problem(400, f"{name}: row {number} is not a list of {len(header)} values, one for each column.")
    return [dict(zip(header, row, strict=True)) for row in data]


def _read_records(value: Any, name: str) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        raise Problem(400, f"{name} is a list of objects, each from column to value.")
    _check_count(value)
    for number, row in enumerate(value, 1):
        if not isinstance(row, dict):
            raise Problem(400, f"{name}: row {number} is no object from column to value.")
    return value


def _read_inputs(value: Any, name: str) -> list[dict[str, Any]]:
    """Read columns, each a list of as many values or a single one; or records."""
    if isinstance(value, list):
        return _read_records(value, name)
    if not isinstance(value, dict):
        raise Problem(400, f"{name} is an object from column to a list of values.")
    table = {key: cells if isinstance(cells, list) else [cells] for key, cells in value.items()}
    lengths = {len(cells) for cells in table.values()}
    if len(lengths) > 1:
        raise Problem(400, f"{name}: every column has as many values as the others.")
    _check_count([None] * next(iter(lengths), 0))
    return [dict(zip(table, cells, strict=True)) for cells in zip(*table.values(), strict=True)]


def _check_header(header: Sequence[Any]) -> None:
    if len(header) > MOST_COLUMNS:
        raise Problem(400, f"A table has at most {MOST_COLUMNS:,} columns; this one has {len(header):,}.")
    if not all(isinstance(name, str) for name in header):
        raise Problem(400, "Every column's name is a text.")
    repeated = next((name for name in header if name and header.count(name) > 1), None)
    if repeated is not None:
        raise Problem(400, f"The column {repeated[:80]!r} is there twice.")


def _check_count(rows: Sequence[Any]) -> None:
    if len(rows) > MOST_ROWS:
        raise Problem(400, f"A request has at most {MOST_ROWS:,} rows.")


def _fit(records: Sequence[Mapping[str, Any]], columns: Sequence[PredictorColumn], where: str) -> list[Row]:
    """Keep the columns that the model reads; one that no record has is refused, not taken for missing."""
    if not records:
        raise Problem(400, "There is no row to predict.")
    given: set[str] = set().union(*records)
    absent = [column.name for column in columns if column.name not in given]
    if absent:
        raise Problem(400, f"The model reads the column {absent[0]!r}, which {where} does not have.")
    return [{column.name: record.get(column.name) for column in columns} for record in records]
