"""An upload looked through by a process of its own, while its sender waits."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import BoundedSemaphore

from ml.batch.problems import Problem
from ml.serve.contract import Cell, PredictorColumn
from ml.settings import ROOT

SECONDS = 30
MOST_AT_ONCE = 2
"""Files that a web process has looked through at one time."""
PREVIEW_ROWS = 10
_places = BoundedSemaphore(MOST_AT_ONCE)


class BusyError(RuntimeError):
    """So many files are being looked through that no other is taken."""


@dataclass(frozen=True)
class Look:
    """What was found in an upload; see `ml.batch.checking.Checked`."""

    rows: int
    bad_rows: int
    problems: tuple[Problem, ...]
    problem_count: int
    is_whole: bool
    firsts: tuple[tuple[int, dict[str, Cell]], ...]
    is_fatal: bool


def look_through(path: Path, columns: Sequence[PredictorColumn], spec_path: Path) -> Look:
    """Look an upload through.

    Raises
    ------
    BusyError
    """
    asked = {
        "path": str(path),
        "spec": str(spec_path),
        "wanted": PREVIEW_ROWS,
        "columns": [asdict(column) for column in columns],
    }
    if not _places.acquire(blocking=False):
        raise BusyError
    try:
        done = subprocess.run(
            [sys.executable, "-m", "webapp.predict.files.looking"],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _give_up()
    finally:
        _places.release()
    if done.returncode:
        sys.stderr.write(done.stderr)
        return _give_up()
    found = json.loads(done.stdout)
    names = [column.name for column in columns]
    return Look(
        rows=found["rows"],
        bad_rows=found["bad_rows"],
        problems=tuple(Problem(**problem) for problem in found["problems"]),
        problem_count=found["problem_count"],
        is_whole=found["is_whole"],
        firsts=tuple((number, dict(zip(names, cells, strict=True))) for number, cells in found["firsts"]),
        is_fatal=found["is_fatal"],
    )


def _give_up() -> Look:
    """What is said of a file at which its reader failed: it took more time or memory than there is for it."""
    return Look(0, 0, (Problem("too_much"),), 1, is_whole=False, firsts=(), is_fatal=True)
