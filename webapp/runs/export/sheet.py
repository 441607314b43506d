"""What a file holds, whatever its form: columns with their types, and rows that come in batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from webapp.runs.table.state import TableState
from webapp.store.columns import RunColumn

Cell = str | int | float | None
Rows = Sequence[Sequence[Cell]]


class Type(StrEnum):
    """What stands in a column. A moment is in UTC epoch milliseconds; a number may be NaN or infinite."""

    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    MOMENT = "moment"


@dataclass(frozen=True)
class SheetColumn:
    """A column by the name that stands in the file."""

    name: str
    type: Type


@dataclass(frozen=True)
class Sheet:
    """A table that can be gone through once. A cell that has nothing is None."""

    columns: tuple[SheetColumn, ...]
    batches: Iterator[Rows]


@dataclass(frozen=True)
class Asked:
    """The runs, their order or groups, as the table's address says; and the columns, which it may leave open."""

    state: TableState
    now: int
    """When it was asked, in UTC epoch milliseconds: what the filter's `-7d` counts from."""
    columns: tuple[RunColumn, ...]
