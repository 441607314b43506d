"""Proctor as people run it: a Waitress process of its own on a free port, with the worker that it starts."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ml.settings import PREFIX, ROOT

START_SECONDS = 90.0


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
    environ = _environment(folder, port) | {PREFIX + name.upper(): value for name, value in settings.items()}
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


def find_free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _environment(folder: Path, port: int) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return clean | {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PROCTOR_DATA_DIR": str(folder / "data"),
        "PROCTOR_ARTIFACT_ROOT": str(folder / "models"),
        "PROCTOR_REPORTS_DIR": str(folder / "reports"),
    }


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
