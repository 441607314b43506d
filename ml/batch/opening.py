"""Which reader reads a file: its name says so, and its bytes have to agree."""

from __future__ import annotations

from pathlib import Path

from ml.batch.delimited import open_csv
from ml.batch.excel import open_excel
from ml.batch.problems import FileError
from ml.batch.tables import Table

ENDINGS = (".csv", ".xlsx", ".parquet", ".pq", ".txt", ".tsv")


def open_table(path: Path) -> Table:
    """Open a file of rows.

    Raises
    ------
    FileError
        For what its beginning shows to be wrong; the rest comes up while its parts are read.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise FileError("unknown_kind")
    if not path.stat().st_size:
        raise FileError("empty")
    if ending == ".xlsx":
        return open_excel(path)
    if ending in {".parquet", ".pq"}:
        from ml.batch.parquet import open_parquet  # half a second that other files need not pay

        return open_parquet(path)
    return open_csv(path)
