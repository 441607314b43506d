"""The first sheet of a workbook, row by row. A workbook is a zip of XML: what it says of its size is checked first."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from ml.batch.headers import check_header
from ml.batch.problems import FileError
from ml.batch.tables import MOST_COLUMNS, PART, Cells, Table

MOST_SHEET_ROWS = 1_048_576
"""What a sheet holds, its header included."""
MOST_ENTRIES = 500
MOST_UNPACKED = 400_000_000
MOST_BESIDES = 60_000_000
"""Bytes of all but the sheets: shared texts and styles are read as a whole."""
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
    header = next(rows, None)
    if header is None:
        raise FileError("no_sheet")
    names = check_header([_say(name) for name in header])
    return Table(names, _read_parts(rows, names))


def _check_archive(path: Path) -> None:
    """See that the archive is sound and small enough; reading an entry never gives more than it says."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
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
    if whole > MOST_UNPACKED or besides > MOST_BESIDES or len(entries) > MOST_ENTRIES:
        limit = MOST_BESIDES if besides > MOST_BESIDES else MOST_UNPACKED
        raise FileError("too_large_unpacked", value=f"{limit // MEGABYTE} MB")


def _read_rows(path: Path) -> Iterator[Cells]:
    """Yield every row that has a cell, without what is empty at its end."""
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
                    yield row
            book.close()
        except FileError:
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


def _read_parts(rows: Iterator[Cells], header: tuple[str, ...]) -> Iterator[list[Cells]]:
    """Bring the rows to the header's width: a sheet does not write down cells at the end that are empty."""
    width, number = len(header), 0
    nothing = (None,) * width
    part: list[Cells] = []
    for number, cells in enumerate(rows, 1):
        if len(cells) > width:
            raise FileError("row_long", row=number, column=header[-1], value=repr(_say(cells[width])[:40]))
        part.append(tuple(chain(cells, nothing[len(cells) :])))
        if len(part) == PART:
            yield part
            part = []
    if part:
        yield part
    elif not number:
        raise FileError("no_rows")
