"""The embedded worker: started by the web process, watched, started again when it dies, and stopped at exit."""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time

from ml.settings import PREFIX, ROOT, Settings, write_settings

logger = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
SETTLED_AFTER = 30.0
STOP_WITHIN = 10.0
"""Seconds: the pauses between two starts double; a worker that lived long enough begins again with the first."""


class Supervisor:
    """Keeps one worker running beside the web process.

    The worker watches a pipe that only this process holds, so that it also ends when this process is killed.
    """

    def __init__(self, settings: Settings, work: str = "webapp.jobs.work") -> None:
        self._command = [sys.executable, "-m", "webapp.jobs.worker", "--embedded", "--work", work]
        others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        self._environ = others | write_settings(settings)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="supervisor", daemon=True)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The number of the worker that runs now."""
        process = self._process
        return process.pid if process and process.poll() is None else None

    def start(self) -> None:
        """Start the worker, and see that it is stopped when this process ends."""
        atexit.register(self.stop)
        self._thread.start()

    def stop(self) -> None:
        """Stop the worker, which gives its job back first."""
        self._stopping.set()
        self._thread.join(STOP_WITHIN + 1)
        atexit.unregister(self.stop)

    def _keep(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            started = time.monotonic()
            exit_code = self._run_once()
            if self._stopping.is_set():
                return
            pause = FIRST_PAUSE if time.monotonic() - started > SETTLED_AFTER else pause
            logger.warning("the worker ended with %s; starting another in %.1f s", exit_code, pause)
            self._stopping.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _run_once(self) -> int:
        """Start one worker and wait until it ends or has been told to."""
        process = subprocess.Popen(  # noqa: S603 - our own module, with our own arguments
            self._command, stdin=subprocess.PIPE, start_new_session=True, cwd=ROOT, env=self._environ
        )
        self._process = process
        while process.poll() is None and not self._stopping.wait(0.1):
            pass
        return end_worker(process)


def end_worker(process: subprocess.Popen[bytes]) -> int:
    """Ask a worker to stop, insist if it does not, and return its exit code."""
    if process.stdin:
        process.stdin.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        return process.wait(STOP_WITHIN)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait()
