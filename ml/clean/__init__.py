"""From a raw table of text to the clean table, with a count of every change and a reason for every row left out."""

from ml.clean.records import CleanedTable, clean_records
from ml.clean.repeats import drop_repeats
from ml.clean.write import CleanedFiles, write_cleaned

__all__ = ["CleanedFiles", "CleanedTable", "clean_records", "drop_repeats", "write_cleaned"]
