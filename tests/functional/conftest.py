"""What several subjects stand on: a site with two versions of a real model, the first of them champion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ml.serve.export import export_model
from ml.train.families import FAMILIES
from ml.train.fit import fit_family
from tests.builders.runs import make_evaluation, write_alias, write_trained_run, write_version
from tests.builders.stores import write_experiment
from tests.builders.tables import student_spec, student_table

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

    from ml.settings import Settings
    from webapp.store.session import Store

RUNS = ("a" * 32, "b" * 32)


@pytest.fixture(scope="session")
def contents() -> tuple[bytes, bytes]:
    """The served bytes of two different models of the shipped dataset."""
    spec, table = student_spec(), student_table().table
    families = (FAMILIES["logistic_regression"], FAMILIES["single_column"])
    first, second = (export_model(fit_family(family, table, spec, 0), spec) for family in families)
    return first, second


@pytest.fixture
def store(app: Flask) -> Store:
    """The app's store with one experiment and no run."""
    store: Store = app.extensions["proctor_store"]
    with store.write() as conn:
        write_experiment(conn)
    return store


@pytest.fixture
def served_store(app: Flask, settings: Settings, contents: tuple[bytes, bytes]) -> Store:
    store: Store = app.extensions["proctor_store"]
    with store.write() as conn:
        write_experiment(conn)
        for version, (run_id, content) in enumerate(zip(RUNS, contents, strict=True), 1):
            folder = write_trained_run(conn, settings.artifact_root, run_id, make_evaluation())
            write_version(conn, version, run_id, content, folder)
        write_alias(conn, "champion", 1)
    return store


@pytest.fixture
def served_file(settings: Settings) -> Path:
    """The champion's file."""
    return settings.artifact_root / "student_performance" / RUNS[0] / "artifacts" / "serving" / "model.onnx"


def file_of(version: int, served_file: Path) -> Path:
    """The file of another version, beside that of the first."""
    folder = served_file.parents[3]
    return folder / RUNS[version - 1] / served_file.relative_to(folder / RUNS[0])
