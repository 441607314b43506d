"""The first sheet of a workbook, row by row. A workbook is a zip of XML: what it says of its size is checked first."""

from __future__ import annotations

import warnings
import zipfile
from bisect import bisect_right
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from ml.batch.headers import check_header
from ml.batch.problems import FileError
from ml.batch.tables import LONGEST_CELL, MOST_COLUMNS, PART, Cells, Table

MOST_SHEET_ROWS = 1_048_576
"""What a sheet holds, its header included."""
MOST_ENTRIES = 500
MOST_UNPACKED = 400_000_000
MOST_BESIDES = 60_000_000
"""Bytes of all but the sheets: shared texts are read as a whole."""
MOST_DESCRIBED = 1_000_000
"""Bytes of styles and of the workbook itself, which are read as a whole and cost many times their size."""
MOST_TAGS = 4_000_000
"""In shared texts: a million of them, which takes seconds to read as it is."""
_DESCRIBING = ("styles", "workbook", "theme", "content_types", ".rels")
MEGABYTE = 1_000_000


def open_excel(path: Path) -> Table:
    """Open the first sheet of an `.xlsx` workbook: its cells' values, of formulas those that were last computed.

    Raises
    ------
    FileError
        For what is no such workbook, or is too large unpacked.
    """
    _check_archive(path)
    rows = _read_rows(path)
    first = next(rows, None)
    if first is None:
        raise FileError("no_sheet")
    at, header = first
    names, gaps = check_header([_say(name) for name in header]), Gaps()
    return Table(names, _read_parts(rows, at, names, gaps), locate=gaps.locate)


class Gaps:
    """Rows without cells, which are left out: after how many rows there were how many of them in all."""

    def __init__(self) -> None:
        self._after: list[int] = [0]
        self._left_out: list[int] = [0]

    def note(self, row: int, at: int) -> None:
        """Note that row number `row` of those with cells is number `at` of all."""
        if at - row != self._left_out[-1]:
            self._after.append(row)
            self._left_out.append(at - row)

    def locate(self, row: int) -> int:
        """Where a row is, of so many with cells."""
        return row + self._left_out[bisect_right(self._after, row) - 1]


def _check_archive(path: Path) -> None:
    """See that the archive is sound and small enough; reading an entry never gives more than it says."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check_texts(archive, entries)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        with path.open("rb") as file:
            is_old = file.read(4) == b"\xd0\xcf\x11\xe0"
        what = (
            "an old or a locked one; save it as .xlsx, without a password" if is_old else "it is no sound zip archive"
        )
        raise FileError("not_excel", value=what) from None
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise FileError("not_excel", value="the archive holds no workbook")
    whole = sum(entry.file_size for entry in entries)
    besides = sum(entry.file_size for entry in entries if not entry.filename.startswith("xl/worksheets/"))
    describing = [entry.file_size for entry in entries if any(part in entry.filename.lower() for part in _DESCRIBING)]
    if max(describing, default=0) > MOST_DESCRIBED:
        raise FileError("too_large_unpacked", value=f"{MOST_DESCRIBED // MEGABYTE} MB of styles")
    if whole > MOST_UNPACKED or besides > MOST_BESIDES or len(entries) > MOST_ENTRIES:
        limit = MOST_BESIDES if besides > MOST_BESIDES else MOST_UNPACKED
        raise FileError("too_large_unpacked", value=f"{limit // MEGABYTE} MB")


def _check_texts(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    for entry in entries:
        if "sharedstrings" in entry.filename.lower() and entry.file_size <= MOST_BESIDES:
            with archive.open(entry) as texts:
                tags = sum(piece.count(b"<") for piece in iter(lambda: texts.read(MEGABYTE), b""))
            if tags > MOST_TAGS:
                raise FileError("too_large_unpacked", value="a million texts")


def _read_rows(path: Path) -> Iterator[tuple[int, Cells]]:
    """Yield every row that has a cell, without what is empty at its end, and its number in the sheet."""
    import openpyxl  # a second that other files need not pay

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about extensions that are not kept: nothing is written back
        try:
            book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
            sheet = book.worksheets[0] if book.worksheets else None
            if sheet is None:
                return
            sheet.reset_dimensions()  # what the file says of them may be anything
            for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
                if number > MOST_SHEET_ROWS:
                    raise FileError("too_many_rows", value=f"{MOST_SHEET_ROWS - 1:,}")  # noqa: TRY301 - passes through
                row = _trim(cells)
                if row:
                    yield number, row
            book.close()
        except (FileError, MemoryError):
            raise
        except Exception as error:  # the library raises a dozen unrelated classes for what it cannot read
            raise FileError("not_excel", value=f"it cannot be read ({type(error).__name__})") from error


def _trim(cells: tuple[Any, ...]) -> Cells:
    width = len(cells)
    while width and cells[width - 1] in {None, ""}:
        width -= 1
    if width > MOST_COLUMNS:
        raise FileError("too_many_columns")
    return cells[:width]


def _say(cell: object) -> str:
    return "" if cell is None else str(cell)


def _read_parts(
    rows: Iterator[tuple[int, Cells]], header_at: int, header: tuple[str, ...], gaps: Gaps
) -> Iterator[list[Cells]]:
    """Bring the rows to the header's width: a sheet does not write down cells at the end that are empty."""
    width, number = len(header), 0
    nothing = (None,) * width
    part: list[Cells] = []
    for number, (at, cells) in enumerate(rows, 1):
        row = at - header_at
        gaps.note(number, row)
        if len(cells) > width:
            raise FileError("row_long", row=row, column=header[-1], value=repr(_say(cells[width])[:40]))
        for place, cell in enumerate(cells):
            if type(cell) is str and len(cell) > LONGEST_CELL:
                raise FileError("cell_long", row=row, column=header[place])
        part.append(tuple(chain(cells, nothing[len(cells) :])))
        if len(part) == PART:
            yield part
            part = []
    if part:
        yield part
    elif not number:
        raise FileError("no_rows")
