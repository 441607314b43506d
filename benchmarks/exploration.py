"""Exploration: our numbers and figures of a table against a profiling report of the same rows.

    .venv/bin/python -m benchmarks.exploration [--raw FILE] [--rows 1000000] [--rounds 3] [--packages NAME …]

The dataset as it is, then as many rows drawn from it. Every round takes a new process for each side, which has imported
what it needs and read the table before its time begins. The rivals are installed with uv into folders that are thrown
away, as they fit no environment of ours; `--alone` leaves them out.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.findings import Finding, print_findings
from ml.settings import ROOT
from ml.source import read_table
from tests.builders.tables import student_rows

GOAL = 20
SEED = 582
RIVALS = {"fg-data-profiling": "data_profiling", "ydata-profiling": "ydata_profiling"}
"""Package → module."""
DEPTHS = ("minimal", "full")
"""The full report associates columns, as ours does; the minimal one does not, and is what the promise names."""
Took = tuple[float, float]
"""Seconds, and the most memory in MB."""


def main() -> None:
    """Measure, and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--raw", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--packages", nargs="+", choices=RIVALS, default=list(RIVALS))
    parser.add_argument("--alone", action="store_true")
    options = parser.parse_args()
    raw = read_table(options.raw)[0] if options.raw else student_rows()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rivals = {} if options.alone else {package: install(package, folder) for package in options.packages}
        for rows in (len(raw), options.rows):
            table = raw if rows == len(raw) else raw.sample(rows, replace=True, random_state=SEED)
            path = folder / f"{rows}.csv"
            table.to_csv(path, index=False)
            print_findings(compare(path, len(table), rivals, options.rounds))


def install(package: str, folder: Path) -> Path:
    """Give the package an environment of its own, and return that one's Python."""
    uv, python = Path(sys.executable).with_name("uv"), folder / package / "bin" / "python"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder / package], check=True)
    wanted = [package, "setuptools<81"]  # ydata-profiling imports pkg_resources, and says so nowhere
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *wanted], check=True)
    return python


def compare(path: Path, rows: int, rivals: dict[str, Path], rounds: int) -> list[Finding]:
    """Measure every side once a round, in turns."""
    ours: list[Took] = []
    theirs: dict[tuple[str, str], list[Took]] = {}
    for _ in range(rounds):
        ours.append(measure([sys.executable, "-m", "benchmarks.exploration_alone", path]))
        for package, python in rivals.items():
            for depth in DEPTHS:
                took = measure([python, "-m", "benchmarks.profiling_alone", RIVALS[package], path, depth])
                theirs.setdefault((package, depth), []).append(took)
    return [
        Finding(f"{rows:,} rows explored", describe(ours)),
        *(judge(rows, f"{package}, {depth}", ours, took, depth) for (package, depth), took in theirs.items()),
    ]


def measure(command: Sequence[str | Path]) -> Took:
    """Run a side in a process of its own; its last line is its seconds and its memory."""
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    seconds, memory = done.stdout.splitlines()[-1].split()
    return float(seconds), float(memory)


def judge(rows: int, rival: str, ours: list[Took], theirs: list[Took], depth: str) -> Finding:
    """Compare round by round; something is promised for the minimal report alone."""
    ratios = [their / our for (our, _), (their, _) in zip(ours, theirs, strict=True)]
    ratio = statistics.median(ratios)
    measured = f"{describe(theirs)}; {ratio:.1f}× as long ({min(ratios):.1f} to {max(ratios):.1f})"
    return Finding(f"{rows:,} rows, {rival}", measured, ratio >= GOAL if depth == "minimal" else None)


def describe(took: list[Took]) -> str:
    """Say the medians."""
    seconds, memory = (statistics.median(values) for values in zip(*took, strict=True))
    return f"{seconds:.3f} s, {memory:.0f} MB"


if __name__ == "__main__":
    main()
