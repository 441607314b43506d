"""One file answered in a process of its own: how long it takes, and how much memory. Started by `benchmarks.batch`."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from benchmarks.memory import peak
from ml.batch.predicting import predict_table
from ml.batch.requests import BatchRequest
from ml.serve.predictor import Predictor, load_predictor
from ml.settings import ROOT
from ml.spec import load_spec
from tests.builders.stores import alembic
from webapp.predict.files.keeping import Keeper
from webapp.predictions.log import PredictionLog
from webapp.store.session import open_store


def measure_alone(path: Path, *, logged: bool) -> None:
    """Answer one file, and print what that took."""
    spec = load_spec(ROOT / "data" / "student_performance.yaml")
    predictor = load_predictor((path.parent / "model.onnx").read_bytes())
    form = path.suffix[1:]
    before = peak()
    request = BatchRequest(path, path.parent / f"result.{form}", form, "model v1", is_checked=True)
    keep = make_log(path.parent, predictor) if logged else (lambda _number, _part: "")
    began = time.perf_counter()
    done = predict_table(request, predictor, spec, keep)
    seconds = time.perf_counter() - began
    size = sum(file.stat().st_size for file in path.parent.glob("log/proctor.sqlite*")) / 1e6
    log = f", log {size:.0f} MB" if logged else ""
    print(
        f"{done.rows:,} rows  {form} in, {form} out{', logged' if logged else ''}: {seconds:.1f} s,"
        f" peak {peak():.0f} MB ({before:.0f} before the file){log}"
    )


def make_log(folder: Path, predictor: Predictor) -> Any:
    """A log of predictions in a new store, as the job writes it."""
    (folder / "log").mkdir(exist_ok=True)
    url = f"sqlite:///{folder / 'log' / 'proctor.sqlite'}"
    alembic(url, "upgrade", "head").check_returncode()
    job: Any = SimpleNamespace(id=os.urandom(16).hex(), created_at=int(time.time() * 1000), params={"user_id": None})
    version: Any = SimpleNamespace(name="model", version=1, run_id=None)
    return Keeper(PredictionLog(open_store(url)), job, version, predictor, frozenset()).keep


if __name__ == "__main__":
    measure_alone(Path(sys.argv[1]), logged="--logged" in sys.argv)
