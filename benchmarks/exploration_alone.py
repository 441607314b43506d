"""One table explored and drawn in a process of its own. Started by `benchmarks.exploration`."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from benchmarks.memory import peak
from ml.charts import Reader, exploration_figures
from ml.clean import clean_records
from ml.explore import explore_table
from ml.settings import ROOT
from ml.source import read_table
from ml.spec import load_spec


def measure_alone(path: Path) -> None:
    """Explore the table and draw every figure; print seconds and MB. Cleaning is training's, and not counted."""
    spec = load_spec(ROOT / "data" / "student_performance.yaml")
    raw = read_table(path)[0]
    cleaned = clean_records(raw, spec)
    began = time.perf_counter()
    figures = exploration_figures(explore_table(raw, cleaned, spec, 0), Reader(spec))
    json.dumps([figure.plotly for figure in figures.values()])
    print(time.perf_counter() - began, peak())


if __name__ == "__main__":
    measure_alone(Path(sys.argv[1]))
