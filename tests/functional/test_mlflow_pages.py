"""MLflow's own pages on our store, as `make mlflow` opens them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.builders.jobs import wait_until
from tests.builders.servers import find_free_port
from tests.builders.stores import environment, mlflow_command, write_experiment, write_metric, write_run
from webapp.store.schema import SchemaState, check_schema
from webapp.store.session import open_store

pytestmark = pytest.mark.slow  # MLflow's server takes half a minute to come up

RUN = "a" * 32


@pytest.fixture
def store_with_run(store_url: str) -> str:
    store = open_store(store_url)
    with store.write() as conn:
        write_experiment(conn)
        write_run(conn, RUN, name="seen by both")
        write_metric(conn, RUN, "accuracy", 0.5)
    store.close()
    return store_url


@contextmanager
def mlflow_pages(url: str, folder: Path) -> Iterator[str]:
    """Run MLflow's server on the store, with all the processes that it starts in one group."""
    port = find_free_port()
    command = mlflow_command("ui", "--host", "127.0.0.1", "--port", str(port), "--backend-store-uri", url)
    environ = environment(url) | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    with (folder / "mlflow.log").open("wb") as log:
        process = subprocess.Popen(command, env=environ, cwd=folder, stdout=log, stderr=log, start_new_session=True)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


@pytest.mark.timeout(300)
def test_mlflows_pages_show_our_runs_and_change_no_schema(store_with_run: str, tmp_path: Path) -> None:
    with mlflow_pages(store_with_run, tmp_path) as site:
        wait_until(lambda: answers(f"{site}/health"), 180)
        assert "<title>MLflow</title>" in requests.get(site, timeout=60).text
        found = requests.post(f"{site}/api/2.0/mlflow/runs/search", json={"experiment_ids": ["0"]}, timeout=60).json()
    assert [run["info"]["run_name"] for run in found["runs"]] == ["seen by both"]
    store = open_store(store_with_run)
    assert check_schema(store.engine) is SchemaState.CURRENT
    store.close()


def answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=5).ok
    except requests.ConnectionError:
        return False
