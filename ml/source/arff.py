"""A strict reader of ARFF (dense; nominal, string and numeric attributes) that keeps every cell as its text.

SciPy's reader refuses string attributes and returns bytes padded to a width; what a file says would not be kept.
"""

from __future__ import annotations

import re

from ml.source.errors import SourceError

_QUOTED = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_ATTRIBUTE = re.compile(rf"@attribute\s+({_QUOTED}|[^\s'\"{{]+)\s*(.*)", re.IGNORECASE | re.DOTALL)
_CELL = re.compile(rf"\s*({_QUOTED}|[^,'\"]*)\s*(,|$)")
_TYPES = re.compile(r"\{.*\}|(?:numeric|real|integer|string)", re.IGNORECASE)


def parse_arff(text: str) -> tuple[list[str], list[list[str]]]:
    """Return the names of the attributes and the rows of text.

    Raises
    ------
    SourceError
        Where the text is not ARFF of this kind; the message names the line, or the row of the data.
    """
    header: list[str] = []
    rows: list[list[str]] = []
    is_data = False
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("%"):
            continue
        if is_data:
            rows.append(_parse_row(line, len(rows) + 1, header))
        elif line.lower() == "@data":
            is_data = True
        elif not line.lower().startswith("@relation"):
            header.append(_parse_attribute(line, number))
    if not is_data or not header:
        raise SourceError("is not ARFF: it lacks @DATA" if header else "is not ARFF: it has no @ATTRIBUTE")
    return header, rows


def _parse_attribute(line: str, number: int) -> str:
    match = _ATTRIBUTE.fullmatch(line)
    if not match:
        raise SourceError(f"line {number} is no @ATTRIBUTE: {line[:60]!r}")
    if not _TYPES.fullmatch(match[2]):
        raise SourceError(f"line {number}: attributes are nominal, numeric or string, not {match[2][:40]!r}")
    return _unquote(match[1])


def _parse_row(line: str, number: int, header: list[str]) -> list[str]:
    if line.startswith("{"):
        raise SourceError(f"row {number} is sparse ({{…}}); write every cell")
    cells: list[str] = []
    at = 0
    while True:
        match = _CELL.match(line, at)
        if not match:
            column = header[len(cells)] if len(cells) < len(header) else "after the last"
            raise SourceError(f"row {number}, column {column}: quotes do not match in {line[at : at + 40]!r}")
        cells.append(_unquote(match[1]))
        at = match.end()
        if not match[2]:
            return cells


def _unquote(text: str) -> str:
    if text[:1] in {"'", '"'}:
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text.strip()
