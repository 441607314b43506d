"""Proctor as people run it: a Waitress process of its own on a free port, with the worker that it starts."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from waitress import create_server

from ml.settings import PREFIX, ROOT, read_settings
from tests.builders.jobs import wait_until
from webapp.accounts.actions import create_admin
from webapp.clock import now_ms
from webapp.jobs.messages import open_queue
from webapp.jobs.queue import Job, find_job, submit_job
from webapp.store.session import Store, open_store

if TYPE_CHECKING:
    from flask import Flask

START_SECONDS = 90.0
TRAINING_SECONDS = 240.0


@dataclass(frozen=True)
class Server:
    """A running Proctor; `log` is what it has printed."""

    url: str
    log: Path
    process: subprocess.Popen[bytes]

    def setup_link(self) -> str:
        """The one-time link that the server printed at its first start."""
        found = re.search(r"Create the first admin: (\S+)", self.log.read_text())
        assert found, self.log.read_text()
        return found[1]


@contextmanager
def serve(folder: Path, **settings: str) -> Iterator[Server]:
    """Run a server whose store, data and models lie in `folder`, and stop it with its worker at the end."""
    port, log = find_free_port(), folder / "server.log"
    environ = make_environment(folder, port, **settings)
    command = [sys.executable, "-m", "waitress", "--host=127.0.0.1", f"--port={port}", "wsgi:app"]
    with log.open("ab") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=output, stderr=output, start_new_session=True)
    server = Server(f"http://127.0.0.1:{port}", log, process)
    try:
        _wait_until_it_answers(server)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@contextmanager
def serve_app(app: Flask) -> Iterator[str]:
    """Serve an app of this process on a free port; its sockets are closed by the thread that waits for them."""
    server = create_server(app, host="127.0.0.1", port=0, threads=4)

    def close() -> None:
        for channel in list(server.active_channels.values()):
            channel.handle_close()
        server.close()

    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.task_dispatcher.shutdown()  # before the sockets: a thread that answers wakes their waiter through one
        server.trigger.pull_trigger(close)
        thread.join(timeout=10)
        assert not thread.is_alive(), "the server did not stop"


def teach(folder: Path, admin: str, password: str) -> str:
    """Have the server of `folder` train a small model, give it an admin, and return the run's id."""
    settings = read_settings({f"{PREFIX}DATA_DIR": str(folder / "data")})
    store, queue = open_store(settings.database_url), open_queue(settings.queue_url)
    try:
        create_admin(store, admin, password, now_ms())
        asked = {"family": "logistic_regression", "folds": 3, "repeats": 2}
        job = submit_job(store, queue, "train", asked, admin, now_ms())
        wait_until(lambda: _find(store, job).is_finished, TRAINING_SECONDS)
        done = _find(store, job)
    finally:
        queue.close()
        store.close()
    assert done.result, done.failure
    return str(done.result["run_id"])


def _find(store: Store, job: Job) -> Job:
    with store.read() as conn:
        found = find_job(conn, job.id)
    assert found is not None
    return found


@contextmanager
def work(folder: Path, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker apart, on what a server of the same folder and settings has, and stop it at the end."""
    environ = make_environment(folder, **settings)
    with (folder / "worker.log").open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "webapp.jobs.worker"],
            cwd=ROOT, env=environ, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def find_free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def make_environment(folder: Path, port: int = 8080, /, **settings: str) -> dict[str, str]:
    """Make the environment of a Proctor that lives in `folder`, with `settings` by their names."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    places = {"data_dir": folder / "data", "artifact_root": folder / "models", "reports_dir": folder / "reports"}
    named = {PREFIX + name.upper(): str(value) for name, value in (places | settings).items()}
    return clean | {"HOST": "127.0.0.1", "PORT": str(port)} | named


def _wait_until_it_answers(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert server.process.poll() is None, server.log.read_text()
        try:
            with urllib.request.urlopen(f"{server.url}/health", timeout=5):  # noqa: S310 - ours, by http
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError(f"no answer within {START_SECONDS} s: {server.log.read_text()}")
