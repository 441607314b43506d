"""A bench for jobs: a store, a queue, real worker processes, and a look at what they leave behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from ml.settings import PREFIX, ROOT, Settings, read_settings, write_settings
from tests.builders.stores import write_experiment
from webapp.clock import now_ms
from webapp.jobs.messages import Queue, open_queue
from webapp.jobs.presence import WorkerSeen, list_workers
from webapp.jobs.queue import Job, find_job, submit_job
from webapp.jobs.states import State
from webapp.store.mlflow_tables import model_versions, registered_model_aliases, runs
from webapp.store.session import Store, open_store

FAKE_WORK = "tests.builders.fake_work"
USER = "ada"

_WEB = """
import threading
from ml.settings import read_settings
from webapp.jobs.supervisor import Supervisor
Supervisor(read_settings(), "tests.builders.fake_work").start()
threading.Event().wait()
"""


@dataclass
class Bench:
    """What a test of jobs needs; `close` ends every process that it started."""

    settings: Settings
    store: Store
    queue: Queue
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def submit(self, kind: str, **params: Any) -> Job:
        return submit_job(self.store, self.queue, kind, params, USER, now_ms())

    def find(self, job: Job) -> Job:
        with self.store.read() as conn:
            found = find_job(conn, job.id)
        assert found is not None
        return found

    def wait_for(self, job: Job, *states: State, seconds: float = 30.0) -> Job:
        """Wait until the job is in one of `states`, by default a final one."""
        wait_until(lambda: (now := self.find(job)).state in states or (not states and now.is_finished), seconds)
        return self.find(job)

    def start_worker(self, work: str = FAKE_WORK) -> subprocess.Popen[bytes]:
        """Start a worker apart, in a group of its own."""
        return self._start("-m", "webapp.jobs.worker", "--work", work)

    def start_web(self) -> subprocess.Popen[bytes]:
        """Start a process with an embedded worker, as the web process has one."""
        return self._start("-c", _WEB)

    def processes(self) -> dict[int, str]:
        """Every process that works on this bench's data folder, whoever started it, with its command."""
        mark = f"{PREFIX}DATA_DIR={self.settings.data_dir}".encode()
        own = {os.getpid()}
        return {pid: command for pid in _pids() if pid not in own and (command := _command_if(pid, mark))}

    def count_runs(self, status: str) -> int:
        with self.store.read() as conn:
            return conn.execute(select(func.count()).where(runs.c.status == status)).scalar_one()

    def versions(self) -> list[tuple[int, str]]:
        with self.store.read() as conn:
            rows = conn.execute(select(model_versions.c.version, model_versions.c.run_id))
            return [(row.version, row.run_id) for row in rows]

    def named_versions(self) -> list[int]:
        with self.store.read() as conn:
            return list(conn.scalars(select(registered_model_aliases.c.version)))

    def workers_since(self, moment: int) -> tuple[WorkerSeen, ...]:
        """The workers that have begun since then."""
        with self.store.read() as conn:
            return tuple(seen for seen in list_workers(conn, now_ms()) if seen.started_at > moment)

    def close(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.started:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        wait_until(lambda: not self.processes(), 5)
        self.queue.close()
        self.store.close()

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        process = subprocess.Popen(
            [sys.executable, *arguments], env=others | write_settings(self.settings), cwd=ROOT, start_new_session=True
        )
        self.started.append(process)
        return process


def make_bench(database_url: str, data_dir: Path, queue_url: str = "") -> Bench:
    """Make a bench on a migrated store."""
    environ = {"PROCTOR_DATABASE_URL": database_url, "PROCTOR_DATA_DIR": str(data_dir)}
    settings = read_settings(environ | ({"PROCTOR_QUEUE_URL": queue_url} if queue_url else {}))
    store = open_store(settings.database_url)
    with store.write() as conn:
        write_experiment(conn)
    return Bench(settings, store, open_queue(settings.queue_url))


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """`kill -9` of a process's whole group."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until(is_so: Callable[[], object], seconds: float) -> float:
    """Wait until something is so, and return how long it took.

    Raises
    ------
    TimeoutError
        When it is not so within `seconds`.
    """
    started = time.monotonic()
    while not is_so():
        if time.monotonic() - started > seconds:
            raise TimeoutError(f"not so after {seconds} s")
        time.sleep(0.02)
    return time.monotonic() - started


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _command_if(pid: int, mark: bytes) -> str | None:
    """The command of a process whose environment holds `mark`; none of a process that has ended."""
    try:
        if mark not in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
            return None
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return None
