"""A champion with the training rows beside it, from which its answers are explained."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from ml.serve.export import export_model
from ml.serve.keeping import keep_rows
from ml.train.families import FAMILIES
from ml.train.fit import fit_family
from tests.builders.runs import make_evaluation, write_alias, write_trained_run, write_version
from tests.builders.stores import write_experiment

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from flask import Flask

    from ml.spec import DatasetSpec

RUNS = ("c" * 32, "d" * 32)


def make_model(spec: DatasetSpec, table: pd.DataFrame) -> tuple[bytes, bytes]:
    """The served bytes of a model, and its training rows."""
    pipeline = fit_family(FAMILIES["logistic_regression"], table, spec, 0)
    rows = keep_rows(pipeline, table, spec, 0)
    return export_model(pipeline, spec, rows_sha256=sha256(rows).hexdigest()), rows


def serve_explained(app: Flask, spec: DatasetSpec, model: tuple[bytes, bytes], version: int = 1) -> Path:
    """Put a model to work with its training rows beside it; return their file."""
    content, rows = model
    run_id = RUNS[version - 1]
    with app.extensions["proctor_store"].write() as conn:
        if version == 1:
            write_experiment(conn)
        folder = write_trained_run(conn, app.extensions["proctor_settings"].artifact_root, run_id, make_evaluation())
        write_version(conn, version, run_id, content, folder, name=spec.name)
        write_alias(conn, "champion", version, spec.name)
    path = folder / "serving" / "training_rows.json"
    path.write_bytes(rows)
    return path
