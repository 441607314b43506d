"""What is wrong with a file, in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _

from ml.batch.problems import Problem
from ml.charts.axes import isolate
from webapp.formats import integer


def describe_problem(problem: Problem) -> str:
    """Put a problem into words, without its place."""
    value = isolate(problem.value)
    words = {
        "empty": _("The file is empty."),
        "unknown_kind": _("Choose a file whose name ends in .csv, .xlsx or .parquet."),
        "not_csv": _("This is no CSV but something else: %(what)s.", what=value),
        "utf16": _("The text is UTF-16. Save it as UTF-8."),
        "nul": _("Line %(line)s has a NUL byte, so this is no text file.", line=value),
        "not_utf8": _("The text is not UTF-8 (%(where)s). Save it as UTF-8.", where=value),
        "quotes": _("A cell or its quotes cannot be read: %(where)s.", where=value),
        "too_many_columns": _("The header has more than 1,000 columns."),
        "too_many_rows": _("The file has more than %(most)s rows. Send it in parts.", most=value),
        "too_many_rows_for_excel": _("A sheet of Excel holds 1,048,575 rows below the header. Ask for CSV or Parquet."),
        "too_large_unpacked": _("Unpacked, the file has more than %(most)s. Send it as CSV, or in parts.", most=value),
        "too_much": _("Reading it took more time or memory than there is for a file. Send it as CSV, or in parts."),
        "cell_long": _("The cell has more than 32,767 characters, as many as Excel holds."),
        "line_wide": _("Line %(line)s has more than 100,000 cells.", line=value),
        "header_repeats": _("Two columns of the header have this name."),
        "header_unnamed": _("Column %(number)s of the header has no name.", number=value),
        "column_twice": _("Two columns of the file are both this one: %(names)s. Take one of them out.", names=value),
        "column_absent": _("The file has no such column. Its header has: %(names)s.", names=value),
        "no_rows": _("There is a header and no row below it."),
        "row_short": _("The row ends before this column (%(counts)s).", counts=value),
        "row_long": _("The row goes on after the last column, with %(cell)s.", cell=value),
        "not_excel": _("This is no workbook of Excel: %(why)s.", why=value),
        "no_sheet": _("The workbook has no sheet with cells."),
        "not_parquet": _("This is no Parquet file: %(why)s.", why=value),
        "column_type": _("The column holds %(type)s, and texts or numbers are wanted.", type=value),
        "unknown_category": _("“%(cell)s” is none of its categories.", cell=value),
        "not_a_number": _("“%(cell)s” is no number.", cell=value),
        "out_of_range": _("%(cell)s is outside its range.", cell=value),
        "no_good_rows": _("No row of the file can be predicted."),
    }
    return words.get(problem.code, f"{problem.code} {value}".strip())


def describe_row(problem: Problem) -> str:
    """The row that a problem is in; empty where it is the file's or its header's."""
    return "" if problem.row is None else integer(problem.row)
