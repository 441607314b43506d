"""A sheet as CSV or JSON, batch by batch.

A file that breaks off can be told: JSON has no closing bracket then, and neither form has a length that was announced.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from math import inf, isfinite

from ml.charts.figure import write_csv
from webapp.runs.export.sheet import Cell, Rows, Sheet, Type

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WORDS = {inf: "Infinity", -inf: "-Infinity"}
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def stream_csv(sheet: Sheet) -> Iterator[bytes]:
    """Yield RFC 4180 in UTF-8, with a heading; a text that a spreadsheet would take for a formula is quelled."""
    yield write_csv([[column.name for column in sheet.columns]]).encode()
    for rows in sheet.batches:
        yield write_csv(_spell(sheet, rows)).encode()


def stream_json(sheet: Sheet) -> Iterator[bytes]:
    """Yield one array of objects, one a line, each with every column."""
    names = [column.name for column in sheet.columns]
    before = "[\n"
    for rows in sheet.batches:
        lines = (_encode(dict(zip(names, row, strict=True))) for row in _spell(sheet, rows))
        yield (before + ",\n".join(lines)).encode()
        before = ",\n"
    yield b"[]\n" if before == "[\n" else b"\n]\n"


STREAMS: Mapping[str, Callable[[Sheet], Iterator[bytes]]] = {"csv": stream_csv, "json": stream_json}


def _spell(sheet: Sheet, rows: Rows) -> Iterator[Sequence[Cell]]:
    """Write out what text alone can say: moments, and numbers that are none."""
    moments = [place for place, column in enumerate(sheet.columns) if column.type is Type.MOMENT]
    numbers = [place for place, column in enumerate(sheet.columns) if column.type is Type.NUMBER]
    for row in rows:
        spelt = list(row)
        for place in moments:
            spelt[place] = _say_moment(row[place])
        for place in numbers:
            number = row[place]
            if isinstance(number, float) and not isfinite(number):
                spelt[place] = _WORDS.get(number, "NaN")
        yield spelt


def _say_moment(ms: Cell) -> str | None:
    """ISO 8601 in UTC; None for what no calendar has, since strangers may write any number."""
    if not isinstance(ms, int):
        return None
    try:
        moment = _EPOCH + timedelta(milliseconds=ms)
    except OverflowError:
        return None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
