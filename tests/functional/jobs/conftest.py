"""A bench on a migrated SQLite store of its own for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.jobs import Bench, make_bench
from tests.builders.stores import alembic, write_experiment
from webapp.store.session import open_store


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite store with the schema and MLflow's default experiment, to be copied: migrating takes ten seconds."""
    path = tmp_path_factory.mktemp("migrated") / "store.sqlite"
    done = alembic(f"sqlite:///{path}", "upgrade", "head")
    assert done.returncode == 0, done.stderr
    store = open_store(f"sqlite:///{path}")
    with store.write() as conn:
        write_experiment(conn)
    store.close()
    return path


@pytest.fixture
def bench(migrated_file: Path, tmp_path: Path) -> Iterator[Bench]:
    shutil.copy(migrated_file, tmp_path / "store.sqlite")
    bench = make_bench(f"sqlite:///{tmp_path / 'store.sqlite'}", tmp_path)
    yield bench
    bench.close()
