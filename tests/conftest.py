"""What every layer of tests stands on: settings of its own, stores made once and copied, real data, a shut network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jinja2 import FileSystemBytecodeCache
from xdist.scheduler import LoadScopeScheduling

from ml.settings import PREFIX, ROOT, Settings
from tests.builders.network import shut_network
from tests.builders.once import Once
from tests.builders.postgresql import PostgresqlCluster, find_programs, run_cluster
from tests.builders.stores import alembic

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from xdist.remote import Producer

# Before anything of ours or MLflow's is imported: what the developer set for a running Proctor is not for tests, and
# MLflow reads its switch at import.
for _name in [name for name in os.environ if name.startswith(PREFIX)] + ["HOST", "PORT"]:
    os.environ.pop(_name, None)
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["MPLBACKEND"] = "Agg"
shut_network()


# ── which tests share a worker ───────────────────────────────────────────────
TOGETHER = ("tests/browser/", "tests/faults/")
"""Tests that stay on one worker: these share servers that are dear to start, those want no other killer beside them."""


class ByLayer(LoadScopeScheduling):
    """Whoever is free takes the next test or layer. pytest-xdist's own groups do nothing under pytest 9.2 (#1386)."""

    def _split_scope(self, nodeid: str) -> str:
        return next((layer for layer in TOGETHER if nodeid.startswith(layer)), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByLayer | None:
    return ByLayer(config, log) if config.getvalue("dist") == "loadscope" else None


# ── real data ────────────────────────────────────────────────────────────────
def _real_file(path: str) -> Path:
    folder = os.environ.get("TEST_DATA_DIR")
    if not folder:
        pytest.skip("TEST_DATA_DIR is not set: it names the folder with the real data sets")
    found = Path(folder).resolve() / path
    if not found.is_file():
        pytest.fail(f"TEST_DATA_DIR is set, and holds no {path}")
    return found


@pytest.fixture(scope="session")
def uci_arff() -> Path:
    """UCI's file no. 582, as published: 666 rows."""
    return _real_file("uci-582/CEE_DATA.arff")


@pytest.fixture(scope="session")
def dirty_csv() -> Path:
    """The same rows roughened, and 13 copies appended: 679 rows."""
    return _real_file("dirty/student_entry_performance_modified.csv")


# ── what workers share ───────────────────────────────────────────────────────
@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Once:
    """What is made once a session, however many workers share its tests."""
    own = tmp_path_factory.getbasetemp()
    return Once(own if worker_id == "master" else own.parent)  # pytest-xdist: each worker has a folder in the session's


# ── stores ───────────────────────────────────────────────────────────────────
@pytest.fixture(scope="session")
def migrated_template(once: Once) -> Path:
    """A SQLite file fresh from `alembic upgrade head`, which takes ten seconds; copy it, never open it."""

    def migrate(folder: Path) -> None:
        done = alembic(f"sqlite:///{folder / 'proctor.sqlite'}", "upgrade", "head")
        assert done.returncode == 0, done.stderr

    return once.make("template", migrate) / "proctor.sqlite"


@pytest.fixture
def store_url(migrated_template: Path, tmp_path: Path) -> str:
    """This test's own migrated SQLite store, where `settings` looks for it."""
    path = tmp_path / "data" / "proctor.sqlite"
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(migrated_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def postgresql_cluster() -> Iterator[PostgresqlCluster]:
    """A throw-away PostgreSQL; tests that ask for it carry the marker `postgresql`."""
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL's programs are not installed (Debian: apt install postgresql)")
    with run_cluster(programs) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def migrated_postgresql_template(postgresql_cluster: PostgresqlCluster) -> str:
    """A database fresh from `alembic upgrade head`; copy it, never write to it."""
    url = postgresql_cluster.new_url()
    done = alembic(url, "upgrade", "head")
    assert done.returncode == 0, done.stderr
    return url


@pytest.fixture
def postgresql_url(postgresql_cluster: PostgresqlCluster, migrated_postgresql_template: str) -> Iterator[str]:
    """This test's own migrated PostgreSQL database."""
    url = postgresql_cluster.copy(migrated_postgresql_template)
    yield url
    postgresql_cluster.drop(url)


# ── the app ──────────────────────────────────────────────────────────────────
SettingsFactory = Callable[..., Settings]


@pytest.fixture
def make_settings(tmp_path: Path) -> SettingsFactory:
    """Make settings that live in this test's folder, with a store yet to be created; name what is to differ."""

    def make(**changes: object) -> Settings:
        data_dir = tmp_path / "data"
        values: dict[str, object] = {
            "database_url": f"sqlite:///{data_dir / 'proctor.sqlite'}",
            "queue_url": f"sqlite:///{data_dir / 'queue.sqlite'}",
            "artifact_root": tmp_path / "models",
            "data_dir": data_dir,
            "reports_dir": tmp_path / "reports",
            "spec_path": ROOT / "data" / "student_performance.yaml",
            "embedded_worker": False,
            "first_training": False,
        }
        data_dir.mkdir(exist_ok=True)
        return Settings(**(values | changes))  # type: ignore[arg-type]

    return make


@pytest.fixture
def settings(store_url: str, make_settings: SettingsFactory) -> Settings:
    """Settings of an embedded Proctor whose store is migrated and holds nothing; no worker, no first training."""
    return make_settings(database_url=store_url)


@pytest.fixture(scope="session")
def templates(once: Once) -> FileSystemBytecodeCache:
    """Templates as Jinja compiled them for an earlier app, which takes longer than most tests; it looks for changes."""
    return FileSystemBytecodeCache(str(once.make("compiled", lambda _folder: None)))


@pytest.fixture
def app(settings: Settings, templates: FileSystemBytecodeCache) -> Iterator[Flask]:
    """The real app on this test's own store."""
    from webapp import create_app  # noqa: PLC0415 (unit tests of ml need no Flask)

    app = create_app(settings)
    app.jinja_env.bytecode_cache = templates
    yield app
    app.extensions["proctor_store"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody has signed in with."""
    return app.test_client()
