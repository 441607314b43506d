"""A result as Parquet: columns that came with a type keep it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from ml.batch.coding import spell
from ml.batch.tables import Cells

_TYPES = {str: pa.string(), float: pa.float64(), int: pa.int64()}


class ParquetSink:
    """Writes a row group a part."""

    def __init__(
        self, path: Path, header: Sequence[str], types: Sequence[Any] | None, added: Sequence[tuple[str, type]]
    ) -> None:
        given = types or [pa.string()] * len(header)
        fields = [*zip(header, given, strict=True), *((name, _TYPES[kind]) for name, kind in added)]
        self._schema, self._has_types = pa.schema(fields), types is not None
        self._writer = ParquetWriter(path, self._schema)

    def write(self, rows: Sequence[Cells], added: Sequence[Cells]) -> None:
        """Write a part."""
        columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
        if not self._has_types:
            columns = [[None if cell is None else spell(cell) for cell in cells] for cells in columns]
        columns += list(zip(*added, strict=True))
        arrays = [pa.array(cells, field.type) for cells, field in zip(columns, self._schema, strict=True)]
        self._writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=self._schema))

    def close(self) -> None:
        """Write the footer, without which nobody can open the file."""
        self._writer.close()
