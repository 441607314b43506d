"""Every value of a metric as CSV, a few hundred lines at a time, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from math import isfinite, isnan

from flask import Response
from sqlalchemy import Connection

from ml.histories import Point
from webapp.store.session import current_store

HEADERS = ("step", "timestamp_ms", "time_utc", "value", "not_finite")
Line = tuple[tuple[str, ...], Point]
"""The texts that stand before a value, and the value."""
_LINES_AT_A_TIME = 500
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_YEAR_10000 = 253_402_300_800_000


def send_values(headers: tuple[str, ...], read: Callable[[Connection], Iterable[Line]], filename: str) -> Response:
    """Send what `read` finds, to keep.

    It is read while it is sent, when the request's own connection is closed already, so from one that is its own.
    """
    store = current_store()

    def write() -> Iterator[str]:
        with store.read() as conn:
            yield from write_values(headers, read(conn))

    response = Response(write(), content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return response


def write_values(headers: tuple[str, ...], values: Iterable[Line]) -> Iterator[str]:
    """Write the lines. A text that a spreadsheet would run is marked as text."""
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow((*headers, *HEADERS))
    for number, (texts, point) in enumerate(values, 1):
        writer.writerow((*(mark_text(text) for text in texts), *_to_cells(point)))
        if number % _LINES_AT_A_TIME == 0:
            yield lines.getvalue()
            lines.seek(0)
            lines.truncate()
    yield lines.getvalue()


def mark_text(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _to_cells(point: Point) -> tuple[object, ...]:
    has_date = 0 <= point.time < _YEAR_10000
    time = datetime.fromtimestamp(point.time / 1000, UTC).isoformat(timespec="milliseconds") if has_date else ""
    if isfinite(point.value):
        return point.step, point.time, time, repr(point.value), ""
    return point.step, point.time, time, "", _name(point.value)


def _name(value: float) -> str:
    if isnan(value):
        return "NaN"
    return "infinity" if value > 0 else "minus infinity"
