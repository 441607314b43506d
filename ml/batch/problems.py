"""What can be wrong with a file of rows, as codes with a place; pages put them into the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

LONGEST_SHOWN = 80
MOST_LISTED = 100
"""Problems that are told one by one; all are counted."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong. `row` counts from 1 below the header; None where it is the whole file or its header.

    `value` is the cell's text, or what else the words of `code` need.
    """

    code: str
    row: int | None = None
    column: str | None = None
    value: str = ""


class FileError(Exception):
    """The file cannot be used as a whole."""

    def __init__(self, code: str, *, row: int | None = None, column: str | None = None, value: object = "") -> None:
        self.problem = Problem(code, row, column, shorten(str(value)))
        super().__init__(say_problem(self.problem))


@dataclass
class Problems:
    """Problems as they are found: the first of them, and how many there are."""

    listed: list[Problem]
    total: int = 0
    locate: Callable[[int], int] = int
    """Where in the file the row with this number is; see `ml.batch.tables.Table`."""

    def add(self, problem: Problem) -> None:
        """Count a problem, and keep it while there is room."""
        self.total += 1
        if len(self.listed) < MOST_LISTED:
            row = None if problem.row is None else self.locate(problem.row)
            self.listed.append(replace(problem, row=row))


def shorten(text: str) -> str:
    """Return as much of a stranger's text as anybody needs to find it."""
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


ENGLISH: Mapping[str, str] = {
    "empty": "The file is empty.",
    "unknown_kind": "The name does not end in .csv, .xlsx or .parquet.",
    "not_csv": "This is no CSV but {value}.",
    "utf16": "The text is UTF-16. Save it as UTF-8.",
    "nul": "Line {value} has a NUL byte, so this is no text file.",
    "not_utf8": "The text is not UTF-8: {value}. Save it as UTF-8.",
    "quotes": "The quotes do not match: {value}.",
    "too_many_columns": "The header has more than 1,000 columns.",
    "too_many_rows": "The file has more than {value} rows. Send it in parts.",
    "too_many_rows_for_excel": "A sheet of Excel holds 1,048,575 rows below the header. Ask for CSV or Parquet.",
    "too_large_unpacked": "Unpacked, the file has more than {value}. Send it as CSV, or in parts.",
    "too_much": "Reading it took more time or memory than there is for a file. Send it as CSV, or in parts.",
    "cell_long": "The cell has more than 32,767 characters, as many as Excel holds.",
    "line_wide": "Line {value} has more than 100,000 cells.",
    "header_repeats": "Two columns of the header have this name.",
    "header_unnamed": "Column {value} of the header has no name.",
    "column_twice": "Two columns of the file, {value}, are both this column. Take one of them out.",
    "column_absent": "The header has no such column. It has: {value}.",
    "no_rows": "There is a header and no row below it.",
    "row_short": "The row ends before this column: {value}.",
    "row_long": "The row goes on after the last column, with {value}.",
    "not_excel": "This is no workbook of Excel: {value}.",
    "no_sheet": "The workbook has no sheet with cells.",
    "not_parquet": "This is no Parquet file: {value}.",
    "column_type": "The column holds {value}, and text or numbers are wanted.",
    "unknown_category": "“{value}” is none of its categories.",
    "not_a_number": "“{value}” is no number.",
    "out_of_range": "{value} is outside its range.",
    "no_good_rows": "No row of the file can be predicted.",
}


def say_problem(problem: Problem) -> str:
    """Say it in English, with its place: what programs and the command line are told."""
    said = ENGLISH.get(problem.code, "{value}").format(value=problem.value)
    place = [f"row {problem.row:,}"] if problem.row is not None else []
    place += [f"column {problem.column!r}"] if problem.column is not None else []
    return f"{', '.join(place)}: {said}" if place else said
