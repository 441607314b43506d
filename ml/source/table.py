"""Read CSV and ARFF strictly, as text: whatever pandas would guess or shift silently is an error here."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ml.results import Origin
from ml.source.arff import parse_arff
from ml.source.errors import SourceError

MAX_BYTES = 200_000_000
MAX_COLUMNS = 1_000


@dataclass(frozen=True)
class RawTable:
    """A table as got: every cell is text, an empty cell is empty text. The frame must not be changed."""

    frame: pd.DataFrame
    origin: Origin
    path: Path


def read_table(path: Path) -> tuple[pd.DataFrame, bytes]:
    """Return the table in the file at `path`, and the file's bytes.

    Raises
    ------
    SourceError
        Where the file cannot be read or is not a table; the message names the file, and row and column where it can.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise SourceError(f"{path}: has {size:,} bytes; at most {MAX_BYTES:,} are read")
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error
    return parse_table(content, str(path)), content


def parse_table(content: bytes, name: str) -> pd.DataFrame:
    """Return the table in `content`; `name` tells by its ending whether that is ARFF, and stands in messages."""
    try:
        text = _decode(content)
        header, rows = parse_arff(text) if name.lower().endswith(".arff") else _parse_csv(text)
        _check_header(header)
        _check_widths(header, rows)
    except SourceError as error:
        raise SourceError(f"{name}: {error}") from None
    return pd.DataFrame(rows, columns=pd.Index(header, dtype=object), dtype=object)


def content_sha256(frame: pd.DataFrame) -> str:
    """Return the checksum of what a raw table says: header without spaces and rows in order, as lines of commas.

    Copies that differ in line ends, quotes or spaces in a header agree.
    """
    lines = [[str(name).replace(" ", "") for name in frame.columns], *frame.itertuples(index=False, name=None)]
    return hashlib.sha256("".join(",".join(line) + "\n" for line in lines).encode()).hexdigest()


def _decode(content: bytes) -> str:
    if not content.strip():
        raise SourceError("is empty")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SourceError("is UTF-16; save it as UTF-8")
    if b"\0" in content:
        raise SourceError(f"has a NUL byte in line {_line_of(content, content.index(0))}; it is no text file")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = error.start
        raise SourceError(
            f"is not UTF-8: byte {at + 1} (0x{content[at]:02x}) in line {_line_of(content, at)}; save it as UTF-8"
        ) from None


def _line_of(content: bytes, at: int) -> int:
    return content.count(b"\n", 0, at) + 1


def _parse_csv(text: str) -> tuple[list[str], list[list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_find_delimiter(text), strict=True)
    try:
        lines = [line for line in reader if line]
    except csv.Error as error:
        raise SourceError(f"line {reader.line_num}: {error}") from None
    return lines[0], lines[1:]


def _find_delimiter(text: str) -> str:
    """Return the comma, or what a spreadsheet writes instead of it where the header has more of that."""
    header = text.lstrip().partition("\n")[0]
    return max(",;\t", key=header.count)


def _check_header(header: list[str]) -> None:
    if len(header) > MAX_COLUMNS:
        raise SourceError(f"has {len(header):,} columns; at most {MAX_COLUMNS:,} are read")
    first: dict[str, int] = {}
    for number, name in enumerate(header, start=1):
        if name in first:
            what = f"are both called {name!r}" if name else "have no name"
            raise SourceError(f"header: columns {first[name]} and {number} {what}")
        first[name] = number


def _check_widths(header: list[str], rows: list[list[str]]) -> None:
    if not rows:
        raise SourceError("has a header and no rows")
    for number, row in enumerate(rows, start=1):
        if len(row) < len(header):
            raise SourceError(
                f"row {number} ends before column {header[len(row)]!r}: "
                f"it has {len(row)} cells, the header {len(header)}"
            )
        if len(row) > len(header):
            raise SourceError(
                f"row {number} goes on after the last column, {header[-1]!r}, with {row[len(header)][:40]!r}: "
                f"it has {len(row)} cells, the header {len(header)}"
            )
