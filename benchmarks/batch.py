"""Files: our whole way through a CSV against bare `pipeline.predict_proba` on the parsed frame.

    .venv/bin/python -m benchmarks.batch [--rows 100000] [--rounds 3] [--raw FILE] [--family logistic_regression]
    .venv/bin/python -m benchmarks.batch --rows 1000000 --rounds 0 --logged

Rows are drawn with replacement from the dataset, so that they repeat as much as real ones do. Parsing and validation
are reported apart from predicting; so is the log, with `--logged`. The peak of memory is that of a
process in which nothing but the file's way runs.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd

from ml.batch.answering import Answerer
from ml.batch.coding import Coder
from ml.batch.opening import open_table
from ml.batch.problems import Problems
from ml.clean import clean_records
from ml.serve.export import export_model
from ml.serve.predictor import Predictor, load_predictor
from ml.settings import ROOT
from ml.source import read_table
from ml.spec import DatasetSpec, load_spec
from ml.train import FAMILIES, fit_family
from tests.builders.tables import student_rows

GOAL = 1.5


def main() -> None:
    """Measure, and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--raw", type=Path)
    parser.add_argument("--family", default="logistic_regression")
    parser.add_argument("--logged", action="store_true")
    options = parser.parse_args()
    spec = load_spec(ROOT / "data" / "student_performance.yaml")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pipeline, frame = prepare(folder, spec, options)
        if options.rounds:
            compare(folder, spec, pipeline, frame, options.rounds)
        del pipeline, frame
        for form in ("csv", "parquet"):
            run_alone(folder, form, logged=options.logged)


def prepare(folder: Path, spec: DatasetSpec, options: argparse.Namespace) -> tuple[Any, pd.DataFrame]:
    """Fit a model, write it and a CSV into the folder, and return the pipeline and the clean frame of the same rows."""
    raw = read_table(options.raw)[0] if options.raw else student_rows()
    table = clean_records(raw, spec).table
    fitted = fit_family(FAMILIES[options.family], table, spec, 0)
    (folder / "model.onnx").write_bytes(export_model(fitted, spec))
    frame = table.sample(options.rows, replace=True, random_state=1).reset_index(drop=True)
    frame[list(spec.feature_names)].to_csv(folder / "rows.csv", index=False)
    frame[list(spec.feature_names)].to_parquet(folder / "rows.parquet", index=False)
    return fitted, frame[list(spec.feature_names)]


def compare(folder: Path, spec: DatasetSpec, pipeline: Any, frame: pd.DataFrame, rounds: int) -> None:
    """Time each step and the rival, round by round."""
    predictor = load_predictor((folder / "model.onnx").read_bytes())
    spent: dict[str, list[float]] = {}
    for _ in range(rounds):
        began = time.perf_counter()
        pipeline.predict_proba(frame)
        spent.setdefault("bare predict_proba", []).append(time.perf_counter() - began)
        for once in (True, False):
            for step, seconds in time_steps(folder / "rows.csv", predictor, spec, once=once).items():
                spent.setdefault(step if once else f"{step}, repeats too", []).append(seconds)
    for step, times in spent.items():
        print(f"{len(frame):,} rows  {step:<40} {statistics.median(times):7.3f} s [{min(times):.3f}–{max(times):.3f}]")
    for step in ("predicting", "predicting, repeats too"):
        ratios = [ours / bare for ours, bare in zip(spent[step], spent["bare predict_proba"], strict=True)]
        verdict = "within" if statistics.median(ratios) <= GOAL else "ABOVE"
        print(f"{step} against bare predict_proba: {statistics.median(ratios):.2f}, {verdict} {GOAL}")


def time_steps(path: Path, predictor: Predictor, spec: DatasetSpec, *, once: bool) -> dict[str, float]:
    """Seconds in which a CSV is parsed, its cells are validated and coded, and its rows are answered."""
    began = time.perf_counter()
    table = open_table(path)
    parts = list(table.parts)
    parsed = time.perf_counter()
    coder, problems = Coder(table.header, predictor.columns, spec), Problems([])
    coded = [(coder.code(part, 1, problems), len(part)) for part in parts]
    validated = time.perf_counter()
    answerer = Answerer(predictor, repeats_once=once)
    for part, rows in coded:
        answerer.answer(part, rows)
    answered = time.perf_counter()
    return {"parsing": parsed - began, "validating": validated - parsed, "predicting": answered - validated}


def run_alone(folder: Path, form: str, *, logged: bool) -> None:
    """Answer the whole file in a process of its own, which tells its time and its peak."""
    command = [sys.executable, "-m", "benchmarks.batch_alone", str(folder / f"rows.{form}")]
    subprocess.run([*command, *(["--logged"] if logged else [])], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
