"""One table profiled by a rival, with the rival's Python. Started by `benchmarks.exploration`."""

from __future__ import annotations

import importlib
import sys
import time
from pathlib import Path

import pandas as pd

from benchmarks.memory import peak


def measure_alone(module: str, path: Path, depth: str) -> None:
    """Make the report as HTML; print seconds and MB."""
    profiling = importlib.import_module(module)
    table = pd.read_csv(path, dtype=str)
    began = time.perf_counter()
    profiling.ProfileReport(table, minimal=depth == "minimal", progress_bar=False).to_html()
    print(time.perf_counter() - began, peak())


if __name__ == "__main__":
    measure_alone(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
