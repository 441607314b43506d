"""Parquet, a part at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow.parquet import ParquetFile

from ml.batch.headers import check_header
from ml.batch.problems import FileError
from ml.batch.tables import MOST_ROWS, PART, Cells, Table

MOST_UNPACKED = 1_000_000_000


def open_parquet(path: Path) -> Table:
    """Open a Parquet file whose columns hold texts, numbers, dates or truths.

    Raises
    ------
    FileError
    """
    try:
        file = ParquetFile(path, memory_map=False)
        schema = file.schema_arrow
    except MemoryError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        raise FileError("not_parquet", value=_first_line(error)) from None
    names = check_header([str(name) for name in schema.names])
    types = tuple(_plain_type(field) for field in schema)
    rows = file.metadata.num_rows
    if not rows:
        raise FileError("no_rows")
    if rows > MOST_ROWS:
        raise FileError("too_many_rows", value=f"{MOST_ROWS:,}")
    unpacked = sum(file.metadata.row_group(i).total_byte_size for i in range(file.metadata.num_row_groups))
    if unpacked > MOST_UNPACKED:
        raise FileError("too_large_unpacked", value=f"{MOST_UNPACKED // 1_000_000:,} MB")
    return Table(names, _read_parts(file), types, rows)


def _plain_type(field: Any) -> Any:
    """The type of a column's values, where they are each one thing."""
    found = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    if pa.types.is_nested(found) or pa.types.is_binary(found) or pa.types.is_large_binary(found):
        raise FileError("column_type", column=field.name, value=str(found))
    return found


def _read_parts(file: ParquetFile) -> Iterator[list[Cells]]:
    try:
        for batch in file.iter_batches(batch_size=PART, use_threads=False):
            yield list(zip(*(column.to_pylist() for column in batch.columns), strict=True))
    except MemoryError:  # which Arrow's own is, too
        raise
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise FileError("not_parquet", value=_first_line(error)) from None


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
