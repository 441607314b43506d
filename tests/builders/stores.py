"""Stores for tests: MLflow's schema at any of its revisions, runs written by SQL, and Alembic as a person calls it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping

from sqlalchemy import Connection, Engine, insert, text

from ml.settings import PREFIX, ROOT
from webapp.store import mlflow_tables as mlflow

OLDER_REVISION = "bda7b8c39065"  # MLflow 3.1: no workspaces yet
OLDER_RUN = "0" * 32

# In a process of its own, because MLflow's environment is not ours to load here: python -c … URL REVISION
_MIGRATE_MLFLOW = """
import sys
from alembic import command
from sqlalchemy import create_engine
from mlflow.store.db.utils import _get_alembic_config
from mlflow.store.tracking.dbmodels.initial_models import Base
url, revision = sys.argv[1:]
engine = create_engine(url)
Base.metadata.create_all(engine)
if revision != "initial":
    command.upgrade(_get_alembic_config(url), revision)
"""


def environment(url: str, **settings: str) -> dict[str, str]:
    """Make the environment of a command that works on the store at `url`."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    named = {PREFIX + name.upper(): value for name, value in settings.items()}
    return clean | {"MLFLOW_DISABLE_TELEMETRY": "true", f"{PREFIX}DATABASE_URL": url} | named


def start(argv: list[str], environ: Mapping[str, str]) -> subprocess.Popen[str]:
    """Start a command in Proctor's folder."""
    pipe = subprocess.PIPE
    return subprocess.Popen(argv, env=dict(environ), cwd=ROOT, stdout=pipe, stderr=pipe, text=True)


def run(argv: list[str], environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command in Proctor's folder to its end; the caller looks at its exit code."""
    return subprocess.run(argv, env=dict(environ), cwd=ROOT, capture_output=True, text=True, check=False)


def alembic(url: str, *argv: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run `alembic …` on the store at `url`."""
    return run(alembic_command(*argv), environment(url, **settings))


def alembic_command(*argv: str) -> list[str]:
    return [sys.executable, "-m", "alembic", *argv]


def mlflow_command(*argv: str) -> list[str]:
    return [sys.executable, "-m", "mlflow", *argv]


def make_mlflow_store(url: str, revision: str) -> None:
    """Bring an empty database to one of MLflow's revisions, with MLflow's own scripts."""
    done = run([sys.executable, "-c", _MIGRATE_MLFLOW, url, revision], environment(url))
    assert done.returncode == 0, done.stderr


def write_run(conn: Connection, run_id: str, **columns: object) -> None:
    """Write a run of experiment 0 into MLflow's tables by SQL alone."""
    row = {"user_id": "", "status": "FINISHED", "lifecycle_stage": "active", "start_time": 1_000, "end_time": 4_000}
    conn.execute(insert(mlflow.runs).values({"run_uuid": run_id, "experiment_id": 0} | row | columns))


def write_metric(conn: Connection, run_id: str, key: str, value: float, *, is_nan: bool = False) -> None:
    row = {"run_uuid": run_id, "key": key, "value": value, "is_nan": is_nan, "step": 0, "timestamp": 0}
    conn.execute(insert(mlflow.latest_metrics).values(row))


def write_tag(conn: Connection, run_id: str, key: str, value: str) -> None:
    conn.execute(insert(mlflow.tags).values(run_uuid=run_id, key=key, value=value))


def write_param(conn: Connection, run_id: str, key: str, value: str) -> None:
    conn.execute(insert(mlflow.params).values(run_uuid=run_id, key=key, value=value))


def write_experiment(conn: Connection) -> None:
    """Write MLflow's default experiment, which its client makes at its first use."""
    conn.execute(
        text(
            "INSERT INTO experiments (experiment_id, name, lifecycle_stage, artifact_location) "
            "VALUES (0, 'Default', 'active', '/nowhere')"
        )
    )


def dump(engine: Engine, names: tuple[str, ...]) -> dict[str, list[tuple[object, ...]]]:
    """Read whole tables, rows in order, so that two moments can be compared; leaves no connection open."""
    with engine.connect() as conn:
        rows = {name: conn.execute(text(f'SELECT * FROM "{name}"')).all() for name in names}  # noqa: S608
    engine.dispose()
    return {name: sorted((tuple(row) for row in found), key=repr) for name, found in rows.items()}
