"""CSV, read strictly and in parts: what a lenient reader would guess or shift silently is an error here."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from ml.batch.headers import check_header
from ml.batch.problems import FileError
from ml.batch.tables import LONGEST_CELL, MOST_ROWS, PART, Cells, Table

PEEK = 64 * 1024
WIDEST_LINE = 100_000
"""Cells, quoted or not: a million need not be parsed to be refused."""
_OTHERS = {
    b"PK": "a zip archive or an Excel workbook",
    b"PAR1": "Parquet",
    b"\x1f\x8b": "packed with gzip",
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"{\\rtf": "a text document",
}


def open_csv(path: Path) -> Table:
    """Open a CSV in UTF-8, with commas, semicolons or tabs between its cells.

    Raises
    ------
    FileError
        For what its beginning shows; the rest comes up while its parts are read.
    """
    with path.open("rb") as file:
        head = file.read(PEEK)
    _refuse_others(head)
    delimiter = _find_delimiter(head)
    lines = _read_lines(path, delimiter)
    header = next(lines, None)
    if header is None:
        raise FileError("empty")
    names = check_header([str(name) for name in header])
    return Table(names, _read_parts(lines, names))


def _refuse_others(head: bytes) -> None:
    if not head.strip():
        raise FileError("empty")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or _is_wide_text(head):
        raise FileError("utf16")
    for mark, what in _OTHERS.items():
        if head.startswith(mark):
            raise FileError("not_csv", value=what)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<body", b"<table")):
        raise FileError("not_csv", value="a web page or XML")
    if start.startswith((b"{", b"[")):
        raise FileError("not_csv", value="JSON")


def _is_wide_text(head: bytes) -> bool:
    """Whether every other byte of the beginning is NUL, as in UTF-16 without its mark."""
    start = head[:200]
    return any(start[i::2].strip(b"\0") == b"" and start[1 - i :: 2].count(b"\0") == 0 for i in (0, 1))


def _find_delimiter(head: bytes) -> str:
    """Return the comma, or what a spreadsheet writes instead of it where the header has more of that."""
    header = head.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")[0]
    return max((b",", b";", b"\t"), key=header.count).decode()


def _read_lines(path: Path, delimiter: str) -> Iterator[Cells]:
    """Yield every line that is not empty, as its cells."""
    with path.open("rb") as raw:
        checked = io.BufferedReader(_Checked(raw), PEEK)
        text = io.TextIOWrapper(checked, encoding="utf-8-sig", newline="")
        reader = csv.reader(_refuse_wide(text, delimiter), delimiter=delimiter, strict=True)
        csv.field_size_limit(LONGEST_CELL)  # of the process, in which nothing else reads CSV meanwhile
        try:
            yield from (line for line in reader if line)
        except csv.Error as error:
            raise FileError("quotes", value=f"line {reader.line_num:,}, {error}") from None
        except UnicodeDecodeError as error:
            raise FileError("not_utf8", value=_find_bad_byte(path, error)) from None


def _refuse_wide(lines: Iterable[str], delimiter: str) -> Iterator[str]:
    is_header = True
    for number, line in enumerate(lines, 1):
        if len(line) > WIDEST_LINE and line.count(delimiter) >= WIDEST_LINE:
            raise FileError("too_many_columns") if is_header else FileError("line_wide", value=f"{number:,}")
        is_header = is_header and not line.strip()
        yield line


class _Checked(io.RawIOBase):
    """Passes a file's bytes on unless there is a NUL among them, which `csv` would pass on, too."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._lines = file, 1

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        content = self._file.read(len(buffer))  # type: ignore[arg-type]
        at = content.find(b"\0")
        if at >= 0:
            line = self._lines + content.count(b"\n", 0, at)
            raise FileError("nul", value=f"{line:,}")
        self._lines += content.count(b"\n")
        buffer[: len(content)] = content  # type: ignore[index]
        return len(content)


def _find_bad_byte(path: Path, error: UnicodeDecodeError) -> str:
    """Say which line has the byte; the decoder knows only where in its own buffer that was."""
    byte = error.object[error.start]
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode()
            except UnicodeDecodeError as found:
                return f"byte 0x{line[found.start]:02x} in line {number:,}"
    return f"byte 0x{byte:02x}"


def _read_parts(lines: Iterator[Cells], header: tuple[str, ...]) -> Iterator[list[Cells]]:
    width, first = len(header), 1
    part: list[Cells] = []
    for cells in lines:
        part.append(cells)
        if len(cells) != width:
            raise _describe_width(cells, header, first + len(part) - 1)
        if len(part) == PART:
            yield part
            first += PART
            part = []
            if first > MOST_ROWS:
                raise FileError("too_many_rows", value=f"{MOST_ROWS:,}")
    if part:
        yield part
    elif first == 1:
        raise FileError("no_rows")


def _describe_width(cells: Cells, header: tuple[str, ...], row: int) -> FileError:
    if len(cells) < len(header):
        counts = f"it has {len(cells):,} cells, the header {len(header):,}"
        return FileError("row_short", row=row, column=header[len(cells)], value=counts)
    return FileError("row_long", row=row, column=header[-1], value=repr(str(cells[len(header)])[:40]))
