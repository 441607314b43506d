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
from dataclasses import astuple, dataclass
from pathlib import Path

from ml.settings import PREFIX
from tests.builders.servers import find_free_port, make_environment
from tests.builders.stores import alembic

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 180.0
SETTLE = 3.0


@dataclass(frozen=True)
class Start:
    """Seconds to the first answer, and MB of the process tree and of its first process once it has settled."""

    seconds: float
    megabytes: float
    first_megabytes: float


@dataclass(frozen=True)
class Running:
    """A server that has given its first answer, `seconds` after it was started."""

    address: str
    seconds: float
    pid: int

    def weigh(self) -> Start:
        """Wait until it has settled, and weigh it."""
        time.sleep(SETTLE)
        return Start(self.seconds, sum(_pss(pid) for pid in _tree(self.pid)), _pss(self.pid))

    def worked(self) -> float:
        """Seconds of CPU that the whole process tree has used so far."""
        return sum(_cpu_seconds(pid) for pid in _tree(self.pid))


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
    with start_server(rival, folder, url) as server:
        return server.weigh()


@contextmanager
def start_server(rival: str, folder: Path, url: str, *options: str) -> Iterator[Running]:
    """Run one server on the store at `url`, with a folder for all else; MLflow's takes options."""
    port = find_free_port()
    command, page = _command(rival, url, port)
    address = f"http://127.0.0.1:{port}"
    with run_server([*command, *options], _environ(rival, folder, url, port), folder, address, page) as running:
        yield running


@contextmanager
def run_server(
    command: list[str], environ: Mapping[str, str], folder: Path, address: str, page: str
) -> Iterator[Running]:
    """Run a server at an address until it answers a page; what it prints goes to a file of the folder."""
    began = time.perf_counter()
    with _running(command, environ, folder) as process:
        _wait(process, address + page)
        yield Running(address, time.perf_counter() - began, process.pid)


def _environ(rival: str, folder: Path, url: str, port: int) -> dict[str, str]:
    if rival == "proctor":
        return make_environment(folder, port, database_url=url, first_training="no")
    return make_rival_environment()


def make_rival_environment() -> dict[str, str]:
    """The environment of a program of MLflow's: none of our settings, and no telemetry."""
    ours_left_out = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return ours_left_out | {"MLFLOW_DISABLE_TELEMETRY": "true"}


def _command(rival: str, url: str, port: int) -> tuple[list[str], str]:
    """How to start it, and the page that it is to answer first."""
    if rival == "proctor":
        return [sys.executable, "-m", "waitress", "--host=127.0.0.1", f"--port={port}", "wsgi:app"], "/"
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port)]
    return [*command, "--backend-store-uri", url], "/health"


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


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _median(starts: list[Start]) -> Start:
    columns = zip(*(astuple(start) for start in starts), strict=True)
    return Start(*(statistics.median(column) for column in columns))


if __name__ == "__main__":
    main()
