"""Look a file through before anybody waits for it: whether it is a table with the columns, and what is wrong in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ml.batch.coding import Coder
from ml.batch.opening import open_table
from ml.batch.problems import FileError, Problem, Problems
from ml.serve.contract import Cell, PredictorColumn
from ml.spec.values import DatasetSpec

LONGEST = 4.0
"""Seconds after which the rest of a file is left to the job."""


@dataclass(frozen=True)
class Checked:
    """What was found in a file. `is_whole` says whether it was looked through to its end.

    `firsts` are the first rows that can be predicted, as a model takes them, with their numbers.
    """

    header: tuple[str, ...] = ()
    rows: int = 0
    bad_rows: int = 0
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0
    is_whole: bool = True
    firsts: tuple[tuple[int, tuple[Cell, ...]], ...] = ()
    is_fatal: bool = False
    """Whether the file cannot be used at all, whatever rows are left out."""


def check_table(
    path: Path,
    columns: Sequence[PredictorColumn],
    spec: DatasetSpec,
    *,
    wanted: int,
    clock: Callable[[], float] = time.monotonic,
) -> Checked:
    """Check a file, and take its first `wanted` good rows out of it; what is wrong is in what comes back."""
    began, problems = clock(), Problems([])
    header: tuple[str, ...] = ()
    firsts: list[tuple[int, tuple[Cell, ...]]] = []
    rows = bad_rows = 0
    is_whole = True
    try:
        table = open_table(path)
        header, problems.locate = table.header, table.locate
        coder = Coder(header, columns, spec)
        for part in table.parts:
            coded = coder.code(part, rows + 1, problems)
            for at in range(len(part)):
                if len(firsts) == wanted:
                    break
                if at not in coded.bad:
                    cells = (
                        column.read_codes([codes[at]])[0] for column, codes in zip(columns, coded.columns, strict=True)
                    )
                    firsts.append((table.locate(rows + at + 1), tuple(cells)))
            rows, bad_rows = rows + len(part), bad_rows + len(coded.bad)
            if clock() - began > LONGEST:
                is_whole = False
                rows = table.rows or rows
                break
        if not firsts and is_whole:
            raise FileError("no_good_rows")  # noqa: TRY301 - said like the rest
    except (FileError, MemoryError) as error:
        problem = error.problem if isinstance(error, FileError) else Problem("too_much")
        listed = (problem, *problems.listed)
        return Checked(header, rows, bad_rows, listed, problems.total + 1, is_whole, (), is_fatal=True)
    return Checked(header, rows, bad_rows, tuple(problems.listed), problems.total, is_whole, tuple(firsts))
