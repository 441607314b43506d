"""A family of which no graph can be written, and what is kept of it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline

from ml.features import build_preprocessor
from ml.rules import Decision
from ml.serve.apart.keeping import keep_pipeline
from ml.serve.export import describe_contract
from ml.train.family import Family
from ml.train.fit import fit_family

if TYPE_CHECKING:
    import pandas as pd

    from ml.spec import DatasetSpec


def _build(spec: DatasetSpec, _seed: int) -> Pipeline:
    return Pipeline([("preprocess", build_preprocessor(spec)), ("model", GaussianNB(var_smoothing=0.1))])


UNWRITTEN = Family("unwritten", _build)
"""Of scikit-learn's own, and no writer of ours knows it."""


def fit_unwritten(table: pd.DataFrame, spec: DatasetSpec) -> Any:
    return fit_family(UNWRITTEN, table, spec, 0)


def keep_apart(pipeline: Any, spec: DatasetSpec, rows_sha256: str = "") -> bytes:
    """The file of a fitted pipeline that is answered apart."""
    return keep_pipeline(pipeline, describe_contract(spec, Decision(), None, rows_sha256))


def is_running(pid: int) -> bool:
    """Whether there is such a process, and it is not dead and waiting for its parent to notice."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def has_ended(pid: int, seconds: float = 5.0) -> bool:
    """Wait until the process has ended."""
    until = time.monotonic() + seconds
    while is_running(pid):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True
