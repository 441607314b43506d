"""Write what cleaning found: the clean rows, the rejected ones and, where asked for, the report."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ml.clean.records import CleanedTable
from ml.files import write_files
from ml.results import to_json

REPORT_NAME = "cleaning_report.json"


@dataclass(frozen=True)
class CleanedFiles:
    """Where the files lie."""

    clean: Path
    rejected: Path
    report: Path


def write_cleaned(cleaned: CleanedTable, directory: Path, name: str) -> CleanedFiles:
    """Write `<name>.csv`, `<name>.rejected.csv` and the report into `directory`: all of them or, on failure, none."""
    files = CleanedFiles(directory / f"{name}.csv", directory / f"{name}.rejected.csv", directory / REPORT_NAME)
    report = json.dumps(to_json(cleaned.report), indent=2, ensure_ascii=False) + "\n"
    write_files(
        {
            files.clean: _to_csv(cleaned.table),
            files.rejected: _to_csv(cleaned.rejected),
            files.report: report.encode(),
        }
    )
    return files


def _to_csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, lineterminator="\n").encode("utf-8", "backslashreplace")
