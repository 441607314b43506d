"""What is asked of a file, and what came of it: plain values, which the web process handles, too."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ml.batch.problems import Problem

FORMS = ("csv", "xlsx", "parquet")
LARGEST_SHEET = 1_048_575
"""Rows that a sheet of Excel holds below its header."""


@dataclass(frozen=True)
class BatchRequest:
    """A file of rows, and the file that is to come of it.

    `expected` is how many rows it has as far as anybody knows; `label` is what the result calls the version.
    `is_checked` where the whole of it was looked through before and nothing was wrong.
    """

    path: Path
    result: Path
    form: str
    label: str
    skip_bad: bool = False
    expected: int = 0
    is_checked: bool = False
    repeats_once: bool = True
    """Whether rows that the model reads as the same are answered once; without it, only to measure what that saves."""


@dataclass(frozen=True)
class BatchResult:
    """What came of it. Without `skip_bad` one bad row is enough for `is_written` to be false."""

    rows: int
    answered: int
    problems: tuple[Problem, ...]
    problem_count: int
    is_written: bool
    counts: tuple[int, ...] = ()
    """Rows by the class that was answered, in the order of the model's classes."""
