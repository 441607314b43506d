"""Specs and tables to test with: the shipped spec, quite another one, and rows for both."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import pandas as pd
import yaml

from ml.clean import CleanedTable, clean_records
from ml.sample import draw_stand_in
from ml.settings import ROOT
from ml.spec import DatasetSpec, load_spec

STUDENT_SPEC_PATH = ROOT / "data" / "student_performance.yaml"
SECOND_SPEC_PATH = Path(__file__).with_name("second_spec.yaml")


@cache
def student_spec() -> DatasetSpec:
    """Read the spec that Proctor ships with."""
    return load_spec(STUDENT_SPEC_PATH)


@cache
def second_spec() -> DatasetSpec:
    """Read the spec of the pumps: numeric columns, nominal ones, two classes, no source."""
    return load_spec(SECOND_SPEC_PATH)


def write_spec(path: Path, changes: dict[str, object], base: Path = SECOND_SPEC_PATH) -> Path:
    """Write the spec at `base` with some keys replaced; `features.0.kind` goes down, None takes a key out."""
    tree = yaml.safe_load(base.read_text("utf-8"))
    for place, value in changes.items():
        *parents, last = [int(part) if part.isdigit() else part for part in place.split(".")]
        at = tree
        for part in parents:
            at = at[part]
        if value is None:
            del at[last]
        else:
            at[last] = value
    path.write_text(yaml.safe_dump(tree, allow_unicode=True, sort_keys=False), "utf-8")
    return path


def student_rows() -> pd.DataFrame:
    """Draw 666 raw rows of the shipped dataset: the stand-in, so no real data is needed."""
    spec = student_spec()
    assert spec.stand_in
    return draw_stand_in(spec, spec.stand_in)


def student_table() -> CleanedTable:
    """Clean the rows of `student_rows`."""
    return clean_records(student_rows(), student_spec())


def pump_rows(rows: int = 120, seed: int = 1) -> pd.DataFrame:
    """Make raw rows of the second table: hot and shaking pumps fail, the maker matters little, the shift not at all."""
    rng = random.Random(seed)  # noqa: S311 - reproducible rows
    return pd.DataFrame([_pump(rng) for _ in range(rows)], dtype=object)


def pump_table(rows: int = 120, seed: int = 1) -> CleanedTable:
    """Clean the rows of `pump_rows`."""
    return clean_records(pump_rows(rows, seed), second_spec())


def _pump(rng: random.Random) -> dict[str, str]:
    temperature, vibration = rng.gauss(60, 15), rng.uniform(0.2, 8)
    maker = rng.choice(["Norte", "Sur", "Este"])
    risk = (temperature - 60) / 15 + (vibration - 4) / 2 + (0.5 if maker == "Sur" else 0) + rng.gauss(0, 0.7)
    return {
        "condition": "failing" if risk > 0.5 else "sound",
        "temperature": f"{temperature:.1f}",
        "vibration": f"{vibration:.2f}",
        "maker": maker,
        "operator": rng.choice(["day", "night"]),
    }
