"""A file as rows that come in parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Cells = Sequence[Any]
"""One row: texts as they stand in a CSV; what Excel and Parquet hold are numbers, dates and None, too."""

PART = 10_000
"""Rows in one part."""
MOST_ROWS = 5_000_000
MOST_COLUMNS = 1_000
SHOWN_NAMES = 20
LONGEST_CELL = 32_767
"""Characters: what a cell of Excel holds."""


@dataclass(frozen=True)
class Table:
    """A table that can be gone through once.

    `types` are Arrow's, where the file has some; elsewhere every column is text. `size` is how much of the file there
    is to read, and `read` says of how much that was done, in any unit.
    """

    header: tuple[str, ...]
    parts: Iterator[list[Cells]]
    types: tuple[Any, ...] | None = None
    rows: int | None = None
    """How many rows there are, where the file says so beforehand."""
    locate: Callable[[int], int] = int
    """Where in the file a row is, of so many rows with cells, both counted from 1 below the header."""
