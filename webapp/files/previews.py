"""What can be shown of a file without trusting it: its beginning, as text, as a table, or as a picture."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
from dataclasses import dataclass
from pathlib import Path

LARGEST_READ = 256_000
LARGEST_PICTURE = 20_000_000
LARGEST_FRAMED = 10_000_000
LARGEST_HASHED = 100_000_000
"""Bytes: that are read for a preview, of a picture, of a framed page, of a file whose checksum is told."""
MOST_ROWS = 200
MOST_COLUMNS = 60
LONGEST_CELL = 300
DEEPEST_INDENT = 24
LONGEST_TEXT = 1_000_000
"""Characters of JSON once it is indented."""
_PICTURES = (
    ("image/png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("image/jpeg", re.compile(rb"\xff\xd8\xff")),
    ("image/gif", re.compile(rb"GIF8[79]a")),
    ("image/webp", re.compile(rb"RIFF.{4}WEBP", re.DOTALL)),
)
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_JSON_PART = re.compile(r'"(?:[^"\\]|\\.)*"?|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_OPENING, _CLOSING = frozenset("{["), frozenset("}]")
_MANY_CONTROLS = 0.01
JSON_NAMES = (".json", ".ipynb", ".geojson")
TABLE_NAMES = {".csv": ",", ".tsv": "\t"}
FRAMED_NAMES = (".html", ".htm")


@dataclass(frozen=True)
class Facts:
    """What is true of the whole file; `sha256` and `lines` are None where it is too large to read on the way."""

    size: int
    sha256: str | None
    lines: int | None


@dataclass(frozen=True)
class Text:
    """The beginning of a text; `encoding` is as a person would say it."""

    text: str
    encoding: str
    is_cut: bool


@dataclass(frozen=True)
class Table:
    """The first rows of a table. `more_rows` is None where the rest was not read."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more_rows: int | None
    more_columns: int
    encoding: str


@dataclass(frozen=True)
class Picture:
    """A picture of a type that browsers draw and that holds no script."""

    media_type: str


@dataclass(frozen=True)
class Page:
    """HTML: shown in a frame where no script runs, if it is not too large, with its source."""

    source: Text
    is_framed: bool


@dataclass(frozen=True)
class Opaque:
    """Bytes of which nothing can be shown."""


Preview = Text | Table | Picture | Page | Opaque


def read_facts(path: Path) -> Facts:
    """Size, checksum and number of lines of a file."""
    size = path.stat().st_size
    if size > LARGEST_HASHED:
        return Facts(size, None, None)
    sha256, lines = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(1_000_000):
            sha256.update(chunk)
            lines += chunk.count(b"\n")
    return Facts(size, sha256.hexdigest(), lines)


def read_preview(path: Path, facts: Facts) -> Preview:
    """Read the beginning of a file and choose how to show it: pictures by their bytes, the rest by its name."""
    with path.open("rb") as file:
        content = file.read(LARGEST_READ)
    if media_type := find_picture_type(content):
        return Picture(media_type) if facts.size <= LARGEST_PICTURE else Opaque()
    text = decode(content, is_cut=facts.size > len(content))
    if text is None:
        return Opaque()
    suffix = path.suffix.lower()
    if suffix in FRAMED_NAMES:
        return Page(_showable(text), facts.size <= LARGEST_FRAMED)
    if suffix in JSON_NAMES:
        return _showable(indent_json(text))
    table = read_table(text, TABLE_NAMES[suffix], facts) if suffix in TABLE_NAMES else None
    return table or _showable(text)


def find_picture_type(content: bytes) -> str | None:
    """The media type of a picture, by its first bytes: what a file is called proves nothing."""
    return next((media_type for media_type, start in _PICTURES if start.match(content)), None)


def decode(content: bytes, *, is_cut: bool) -> Text | None:
    """Read bytes as text: by their byte order mark, else as UTF-8, else as Latin-1; None where they are none."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _as_text(content[len(mark) :], encoding, is_cut=is_cut)
    if b"\0" in content:
        return None
    return _as_text(content, "utf-8", is_cut=is_cut) or _as_text(content, "latin-1", is_cut=is_cut)


def _as_text(content: bytes, encoding: str, *, is_cut: bool) -> Text | None:
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(content, final=not is_cut)
    except UnicodeDecodeError:
        return None
    if len(_CONTROL.findall(text)) > len(text) * _MANY_CONTROLS:
        return None
    return Text(text, {"latin-1": "Latin-1"}.get(encoding, encoding.upper()), is_cut)


def _showable(text: Text) -> Text:
    """The text with a sign in place of what no page may hold."""
    lines = text.text.replace("\r\n", "\n").replace("\r", "\n")
    return Text(_UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", lines), text.encoding, text.is_cut)


def indent_json(text: Text) -> Text:
    """Put each value on a line of its own, and change nothing else: not a digit, not a key that stands twice."""
    parts: list[str] = []
    depth = length = 0
    last = ""
    for match in _JSON_PART.finditer(text.text):
        part = match[0]
        depth -= part in _CLOSING
        gap = " " * (last == ":")
        if last == "," or (last in _OPENING) != (part in _CLOSING):
            gap = "\n" + "  " * min(max(depth, 0), DEEPEST_INDENT)
        parts += (gap, part)
        depth += part in _OPENING
        last = part
        length += len(gap) + len(part)
        if length > LONGEST_TEXT:
            return Text("".join(parts), text.encoding, is_cut=True)
    return Text("".join(parts), text.encoding, text.is_cut)


def read_table(text: Text, separator: str, facts: Facts) -> Table | None:
    """Read the first rows; None where the text is no table."""
    first = text.text.partition("\n")[0]
    delimiter = ";" if separator == "," and first.count(";") > first.count(",") else separator
    try:
        rows = list(csv.reader(io.StringIO(text.text, newline=""), delimiter=delimiter))
    except csv.Error:
        return None
    rows = [row for row in (rows[:-1] if text.is_cut else rows) if row]
    if len(rows) == 0:
        return None
    header, body = rows[0], rows[1 : MOST_ROWS + 1]
    more = facts.lines - len(body) - 1 if text.is_cut and facts.lines else len(rows) - 1 - len(body)
    return Table(
        header=_cells(header),
        rows=tuple(_cells(row) for row in body),
        more_rows=None if text.is_cut and facts.lines is None else max(0, more),
        more_columns=max(0, max(map(len, rows[: MOST_ROWS + 1])) - MOST_COLUMNS),
        encoding=text.encoding,
    )


def _cells(row: list[str]) -> tuple[str, ...]:
    return tuple(
        _UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", cell if len(cell) <= LONGEST_CELL else f"{cell[:LONGEST_CELL]}…")
        for cell in row[:MOST_COLUMNS]
    )
