"""Starting: Proctor to its first page against `mlflow server` to its first answer, on the same migrated store.

    .venv/bin/python -m benchmarks.start_up [--rounds 3]

Prints seconds and the memory of each whole process tree (PSS, so that shared pages count once), and their ratios.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.builders.servers import find_free_port
from tests.builders.stores import alembic

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 180.0
SETTLE = 3.0


@dataclass(frozen=True)
class Start:
    """Seconds to the first answer, and MB of the process tree once it has settled."""

    seconds: float
    megabytes: float


def main() -> None:
    """Start each server in turn, several times, and compare the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "data").mkdir()
        url = f"sqlite:///{folder / 'data' / 'proctor.sqlite'}"
        alembic(url, "upgrade", "head").check_returncode()
        found = {rival: [time_start(rival, folder, url) for _ in range(rounds)] for rival in ("proctor", "mlflow")}
    ours, theirs = (_median(found[rival]) for rival in ("proctor", "mlflow"))
    print(f"{'':24}{'Proctor':>10}{'mlflow':>10}{'ratio':>8}")
    for what in ("seconds", "megabytes"):
        mine, other = getattr(ours, what), getattr(theirs, what)
        print(f"{what + ' (median)':24}{mine:>10.2f}{other:>10.2f}{mine / other:>8.3f}")


def time_start(rival: str, folder: Path, url: str) -> Start:
    """Start one server on a free port, wait for its first answer, weigh it, stop it."""
    port = find_free_port()
    command, environ, page = _command(rival, folder, url, port)
    began = time.perf_counter()
    with _running(command, environ, folder) as process:
        _wait(process, f"http://127.0.0.1:{port}{page}")
        seconds = time.perf_counter() - began
        time.sleep(SETTLE)
        return Start(seconds, sum(_pss(pid) for pid in _tree(process.pid)))


def _command(rival: str, folder: Path, url: str, port: int) -> tuple[list[str], dict[str, str], str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PROCTOR_")}
    environ |= {"MLFLOW_DISABLE_TELEMETRY": "true"}
    if rival == "proctor":
        environ |= {"PROCTOR_DATA_DIR": str(folder / "data"), "PROCTOR_FIRST_TRAINING": "no", "PORT": str(port)}
        return [sys.executable, "-m", "waitress", "--host=127.0.0.1", f"--port={port}", "wsgi:app"], environ, "/"
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port)]
    return [*command, "--backend-store-uri", url], environ, "/health"


@contextmanager
def _running(command: list[str], environ: Mapping[str, str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=dict(environ), stdout=log, stderr=log, start_new_session=True)
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


def _wait(process: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - ours, by http
                return
        except OSError:
            time.sleep(0.02)
    raise SystemExit(f"no answer from {address}")


def _tree(pid: int) -> list[int]:
    """The process and all that it has started."""
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    threads = Path(f"/proc/{pid}/task").iterdir()
    children += [int(c) for t in threads if t.name != str(pid) for c in (t / "children").read_text().split()]
    return [pid] + [below for child in children for below in _tree(child)]


def _pss(pid: int) -> float:
    """MB of memory in proportion to how it is shared."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _median(starts: list[Start]) -> Start:
    return Start(
        statistics.median(start.seconds for start in starts), statistics.median(start.megabytes for start in starts)
    )


if __name__ == "__main__":
    main()
