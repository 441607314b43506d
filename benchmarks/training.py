"""Training: a whole job against the bare scikit-learn calls that it makes.

    .venv/bin/python -m benchmarks.training [--raw FILE] [--family logistic_regression] [--rounds 3]

Both are taken from one run of the job, so that a busy machine slows them alike: all of it, and the part of it in which
at least one method of an estimator is running. Every round is also run untouched, which shows that the measuring costs
nothing.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from benchmarks.meter import clock, compare, metered
from ml.pipeline import train
from ml.results import TrainingRequest
from ml.settings import ROOT, Settings
from tests.builders.stores import alembic


def main() -> None:
    """Time whole jobs, and print the medians and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--raw", type=Path)
    parser.add_argument("--family", default="logistic_regression")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    request = TrainingRequest(options.family)
    with tempfile.TemporaryDirectory() as name:
        settings = make_settings(Path(name), options.raw)
        alembic(settings.database_url, "upgrade", "head").check_returncode()
        train(settings, TrainingRequest("logistic_regression", folds=2, repeats=1))  # first-use costs are not compared
        untouched, whole, inside = [], [], []
        for _ in range(options.rounds):
            untouched.append(clock(lambda: train(settings, request)))
            with metered() as meter:
                whole.append(clock(lambda: train(settings, request)))
            inside.append(meter.seconds)
    print(f"{options.family}: job {compare(whole, untouched, inside)}")


def make_settings(folder: Path, raw: Path | None) -> Settings:
    """Return settings of an empty store in `folder`, out of reach of the dataset's publisher."""
    (folder / "data").mkdir()
    return Settings(
        database_url=f"sqlite:///{folder / 'data' / 'proctor.sqlite'}",
        artifact_root=folder / "models",
        data_dir=folder / "data",
        reports_dir=folder / "reports",
        spec_path=ROOT / "data" / "student_performance.yaml",
        raw_data=raw.resolve() if raw else None,
        source_url="http://127.0.0.1:9/",
    )


if __name__ == "__main__":
    main()
