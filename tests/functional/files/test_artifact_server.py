"""Artifacts on a real MLflow server, fetched by a real job and shown by the site."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from sqlalchemy import delete

from tests.builders.jobs import wait_until
from tests.builders.servers import find_free_port
from tests.builders.stores import environment, mlflow_command, write_experiment, write_run
from webapp import create_app
from webapp.clock import now_ms
from webapp.files.actions import fetch_files
from webapp.jobs.child import do_work
from webapp.jobs.claims import claim_oldest
from webapp.jobs.queue import find_job
from webapp.jobs.states import State
from webapp.jobs.work import WORK, remove_elsewhere
from webapp.runs.queries import find_run
from webapp.store.projection import refresh_projection
from webapp.store.tables import job as job_table

if TYPE_CHECKING:
    from flask import Flask

    from ml.settings import Settings
    from webapp.jobs.queue import Job

pytestmark = [
    pytest.mark.slow,  # MLflow's server takes half a minute to come up
    pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:sqlalchemy.exc.SADeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType:UserWarning"),
]

RUN = "a" * 32
URI = f"mlflow-artifacts:/7/{RUN}/artifacts"


@contextmanager
def serve_artifacts(folder: Path) -> Iterator[str]:
    """Run MLflow's server as a store of artifacts in `folder`, with all that it starts in one group."""
    port = find_free_port()
    command = mlflow_command(
        "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--artifacts-only",
        "--artifacts-destination", folder.as_uri(),
    )  # fmt: skip
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environ = environment("sqlite:///unused") | {"PATH": path}
    with (folder.parent / "mlflow.log").open("wb") as log:
        process = subprocess.Popen(
            command, env=environ, cwd=folder.parent, stdout=log, stderr=log, start_new_session=True
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: process.poll() is not None or answers(f"{address}/health"), 180)
        yield address
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def fetch(app: Flask, settings: Settings) -> Job:
    """Have a run's artifacts fetched as the worker does it; return the job as it ended."""
    store, queue = app.extensions["proctor_store"], app.extensions["proctor_queue"]
    with store.write() as conn:
        conn.execute(delete(job_table))
    with store.read() as conn:
        found = find_run(conn, RUN)
    assert found
    asked = fetch_files(store, queue, found.row, "ada", now_ms())
    claimed = claim_oldest(store, "me", now_ms())
    assert claimed
    do_work(store, settings, claimed[0], asked, WORK["artifacts"])
    with store.read() as conn:
        ended = find_job(conn, asked.id)
    assert ended
    return ended


@pytest.mark.timeout(300)
def test_artifacts_of_a_server_are_fetched_shown_and_deleted(settings: Settings, tmp_path: Path) -> None:
    destination = tmp_path / "served"
    (destination / "7" / RUN / "artifacts" / "figures").mkdir(parents=True)
    (destination / "7" / RUN / "artifacts" / "figures" / "name with é.txt").write_text("from afar")
    app = create_app(settings)
    store = app.extensions["proctor_store"]
    with store.write() as conn:
        write_experiment(conn)
        write_run(conn, RUN, name="far", artifact_uri=URI)
    refresh_projection(store)
    with serve_artifacts(destination) as server:
        ended = fetch(app, replace(settings, artifact_server=server))
        assert (ended.state, dict(ended.result or {})) == (
            State.DONE, {"run_id": RUN, "run_name": "far", "files": 1, "bytes": 9},
        )  # fmt: skip
        remove_elsewhere(replace(settings, artifact_server=server), URI)
    assert [stage.code for stage in ended.stages] == ["look_up", "download"]
    client = app.test_client()
    assert "from afar" in client.get(f"/runs/{RUN}/files/figures/name with é.txt").text
    assert not any((destination / "7" / RUN).iterdir())
    # Gone by now: what was fetched stays, and the job says what is the matter.
    failed = fetch(app, replace(settings, artifact_server=server))
    assert failed.failure
    assert "the store did not answer" in failed.failure.detail
    assert "from afar" in client.get(f"/runs/{RUN}/files/figures/name with é.txt").text
    assert "The last try to fetch them failed" in client.get(f"/runs/{RUN}").text
    store.close()


def answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=5).ok
    except requests.ConnectionError:
        return False
