"""`python -m webapp.runs.export.parquet`: what standard input asks for, as Parquet on standard output.

A process of its own, so that the web process does without pyarrow. Where anything fails there is no footer, without
which nobody can open the file, and an exit code other than 0.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO

import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from ml.settings import read_settings
from webapp.runs.export.opening import open_sheet, read_asked
from webapp.runs.export.sheet import Rows, Sheet, Type
from webapp.store.session import open_store

BATCHES = 10
"""In one row group: as many thousands of rows."""
NICENESS = 5
TYPES = {
    Type.TEXT: pa.string(),
    Type.WHOLE: pa.int64(),
    Type.NUMBER: pa.float64(),
    Type.MOMENT: pa.timestamp("ms", tz="UTC"),
}


class _Outlet(io.RawIOBase):
    """Passes on what is written, until it is stopped: a writer that goes adds a footer, be it below half a file."""

    is_stopped = False

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        return len(content) if self.is_stopped else self._sink.write(content)


def write_parquet(sheet: Sheet, sink: BinaryIO) -> None:
    """Write a sheet, a row group at a time; what a run has not is null, and NaN stays NaN."""
    schema = pa.schema([(column.name, TYPES[column.type]) for column in sheet.columns])
    outlet = _Outlet(sink)
    batches = (_pack(rows, schema) for rows in sheet.batches)
    with ParquetWriter(outlet, schema) as writer:
        try:
            while table := _join(batches, schema):
                writer.write_table(table)
        except BaseException:
            outlet.is_stopped = True
            raise


def _pack(rows: Rows, schema: pa.Schema) -> pa.RecordBatch:
    columns = zip(*rows, strict=True) if rows else ((),) * len(schema)
    arrays = [pa.array(cells, field.type) for cells, field in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _join(batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> pa.Table | None:
    taken = list(islice(batches, BATCHES))
    return pa.Table.from_batches(taken, schema) if taken else None


def main() -> None:
    """Write what is asked for."""
    os.nice(NICENESS)
    store = open_store(read_settings().database_url)
    with store.snapshot() as conn:
        write_parquet(open_sheet(conn, read_asked(sys.stdin.read())), sys.stdout.buffer)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
