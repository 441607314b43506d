"""Training: a whole job against the bare scikit-learn calls that it makes, one after the other in one process.

    .venv/bin/python -m benchmarks.training [--raw FILE] [--family logistic_regression] [--rounds 3]

The bare calls are the fits and predictions of the family and of both baselines on the same folds, the last fit, and
those of the audit: one repeat anew, and a fold for each shuffle of the labels.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from ml.audit.permutation import SHUFFLES
from ml.clean import clean_records
from ml.evaluate.splits import find_groups, read_labels, repeat_folds
from ml.pipeline import train
from ml.results import TrainingRequest
from ml.settings import ROOT, Settings
from ml.source import obtain
from ml.spec import load_spec
from ml.train import find_family
from tests.builders.stores import alembic

BASELINES = ("prior", "single_column")


def main() -> None:
    """Time both, alternating, and print the medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--raw", type=Path)
    parser.add_argument("--family", default="logistic_regression")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    with tempfile.TemporaryDirectory() as name:
        settings = make_settings(Path(name), options.raw)
        alembic(settings.database_url, "upgrade", "head").check_returncode()
        train(settings, TrainingRequest("prior", folds=2, repeats=1))  # imports and first-use costs are not compared
        bare, whole = [], []
        for _ in range(options.rounds):
            bare.append(_time(lambda: run_bare(settings, options.family)))
            whole.append(_time(lambda: train(settings, TrainingRequest(options.family))))
    ours, theirs = statistics.median(whole), statistics.median(bare)
    print(f"{options.family}: job {ours:.2f} s, bare scikit-learn {theirs:.2f} s, ratio {ours / theirs:.2f}")


def run_bare(settings: Settings, family: str) -> None:
    """Fit and predict as the job does, and nothing else; one thread a fit, folds one after the other."""
    spec, request = load_spec(settings.spec_path), TrainingRequest(family)
    table = clean_records(obtain(spec, settings).frame, spec).table
    features, labels = table[list(spec.feature_names)], table[spec.target.name].to_numpy(dtype=object)
    pipelines: list[Pipeline] = [find_family(name).build(spec, request.seed) for name in (family, *BASELINES)]
    plan = repeat_folds(read_labels(table, spec), find_groups(features), request.folds, request.repeats, request.seed)
    masks = [row == fold for row in plan for fold in range(request.folds)]
    with threadpool_limits(1):
        for held_out in masks:
            for pipeline in pipelines:
                fitted = clone(pipeline).fit(features[~held_out], labels[~held_out])
                fitted.predict_proba(features[held_out])
        clone(pipelines[0]).fit(features, labels).predict_proba(features)
        for held_out in masks[: request.folds]:  # the audit: one repeat anew, then one fold of each shuffle
            clone(pipelines[0]).fit(features[~held_out], labels[~held_out]).predict_proba(features[held_out])
        for number in range(SHUFFLES):
            shuffled = np.random.default_rng(number).permutation(labels)
            clone(pipelines[0]).fit(features[~masks[0]], shuffled[~masks[0]]).predict_proba(features[masks[0]])


def _time(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def make_settings(folder: Path, raw: Path | None) -> Settings:
    """Return settings of an empty store in `folder`, out of reach of the dataset's publisher."""
    (folder / "data").mkdir()
    return Settings(
        database_url=f"sqlite:///{folder / 'data' / 'proctor.sqlite'}",
        artifact_root=folder / "models",
        data_dir=folder / "data",
        reports_dir=folder / "reports",
        spec_path=ROOT / "data" / "student_performance.yaml",
        raw_data=raw,
        source_url="http://127.0.0.1:9/",
    )


if __name__ == "__main__":
    main()
