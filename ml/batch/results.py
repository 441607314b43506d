"""The file that comes back: the rows as they were sent, each with its answer, in the form that was asked for."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from ml.batch.coding import spell
from ml.batch.problems import FileError
from ml.batch.requests import LARGEST_SHEET
from ml.batch.tables import Cells
from ml.files import begins_formula


class Sink(Protocol):
    """Takes rows, part by part."""

    def write(self, rows: Sequence[Cells], added: Sequence[Cells]) -> None:
        """Write rows as they were sent, and beside each what is added to it."""

    def close(self) -> None:
        """Finish the file; one that was not closed is no whole file."""


def open_sink(
    path: Path, form: str, header: Sequence[str], types: Sequence[Any] | None, added: Sequence[tuple[str, type]]
) -> Sink:
    """Begin a file in one of `FORMS`; `types` are Arrow's of the columns that were sent, `added` the others."""
    names = [*header, *(name for name, _type in added)]
    if form == "csv":
        return _CsvSink(path, names)
    if form == "xlsx":
        return _ExcelSink(path, names)
    from ml.batch.parquet_sink import ParquetSink  # half a second that other forms need not pay

    return ParquetSink(path, header, types, added)


def name_apart(wanted: str, taken: Iterable[str]) -> str:
    """Return the name, or with underscores after it where the file has a column that is called so."""
    names = {name.casefold() for name in taken}
    while wanted.casefold() in names:
        wanted += "_"
    return wanted


class _CsvSink:
    """RFC 4180 in UTF-8, in which no spreadsheet finds a formula."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        self._file = path.open("w", encoding="utf-8", errors="backslashreplace", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow([f"'{name}" if begins_formula(name) else name for name in names])

    def write(self, rows: Sequence[Cells], added: Sequence[Cells]) -> None:
        self._writer.writerows([(*row, *more) for row, more in zip(_quell(rows), _quell(added), strict=True)])

    def close(self) -> None:
        self._file.close()


def _quell(rows: Sequence[Cells]) -> Sequence[Cells]:
    """Put an apostrophe before texts that begin like a formula, looking at each different text of a column once."""
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    is_changed = False
    for place, cells in enumerate(columns):
        dangerous = {cell for cell in set(cells) if isinstance(cell, str) and begins_formula(cell)}
        if dangerous:
            columns[place] = [f"'{cell}" if cell in dangerous else cell for cell in cells]
            is_changed = True
    return list(zip(*columns, strict=True)) if is_changed else rows


class _ExcelSink:
    """One sheet, in which every text is a text: what begins like a formula is none."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        from openpyxl import Workbook  # a second that other forms need not pay

        self._path, self._rows = path, 0
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet("predictions")
        self._sheet.append([self._make_cell(name) for name in names])

    def write(self, rows: Sequence[Cells], added: Sequence[Cells]) -> None:
        self._rows += len(rows)
        if self._rows > LARGEST_SHEET:
            raise FileError("too_many_rows_for_excel")
        for row, more in zip(rows, added, strict=True):
            self._sheet.append([self._make_cell(cell) for cell in (*row, *more)])

    def close(self) -> None:
        self._book.save(self._path)

    def _make_cell(self, value: Any) -> Any:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, TIME_TYPES

        if value is None or isinstance(value, (bool, int, float, *TIME_TYPES)):
            return _plain_time(value)
        text = ILLEGAL_CHARACTERS_RE.sub("�", spell(value))
        if not begins_formula(text) and not text.startswith("#"):
            return text
        cell = WriteOnlyCell(self._sheet, text)
        cell.data_type = "s"
        return cell


def _plain_time(value: Any) -> Any:
    """Excel knows no zones, no NaN and no infinities."""
    if isinstance(value, float) and (value != value or value in {float("inf"), float("-inf")}):  # noqa: PLR0124
        return None if value != value else str(value)  # noqa: PLR0124
    return value.isoformat() if getattr(value, "tzinfo", None) is not None else value
