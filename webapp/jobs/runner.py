"""One claimed job from its process's start to its end, as the worker sees it."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from ml.settings import ROOT
from webapp.jobs.claims import LEASE, Claim, Hold, cancel_job, fail_job, release_job, renew_lease, retry_job
from webapp.jobs.queue import Failure
from webapp.store.session import Store

logger = logging.getLogger(__name__)

LOOK_EVERY = 0.1
RENEW_EVERY = 1.0
GRACE = 1.0
"""Seconds: between two looks at the process, between two renewals, and from SIGTERM to SIGKILL."""


class Turn(Enum):
    """Why the worker stopped watching."""

    ENDED = auto()
    CANCEL = auto()
    STOP = auto()
    LOST = auto()


@dataclass(frozen=True)
class Runner:
    """Runs claimed jobs, one at a time, until told to stop."""

    store: Store
    work: str
    scratch: Path
    stopping: threading.Event
    clock: Callable[[], int]

    def run(self, claim: Claim) -> None:
        """Run the job's process, and leave neither a process nor an open end behind."""
        folder = self.scratch / claim.job_id
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        child = start_child(claim, self.work, folder)
        try:
            turn = self._watch(claim, child)
        finally:
            exit_code = end_group(child)
            shutil.rmtree(folder, ignore_errors=True)
        self._finalise(claim, turn, exit_code)

    def _watch(self, claim: Claim, child: subprocess.Popen[bytes]) -> Turn:
        renewed = time.monotonic()
        while not has_ended(child):
            if self.stopping.wait(LOOK_EVERY):
                return Turn.STOP
            if time.monotonic() - renewed < RENEW_EVERY:
                continue
            hold = self._renew(claim)
            if hold is Hold.CANCEL:
                return Turn.CANCEL
            if hold is Hold.LOST or (hold is None and time.monotonic() - renewed > LEASE / 1000):
                return Turn.LOST
            renewed = time.monotonic() if hold else renewed
        return Turn.ENDED

    def _renew(self, claim: Claim) -> Hold | None:
        """Renew the lease; None when the store does not answer, which is borne for as long as the lease lasts."""
        try:
            return renew_lease(self.store, claim, self.clock())
        except SQLAlchemyError as error:
            logger.warning("the store did not renew a lease: %s", error)
            return None

    def _finalise(self, claim: Claim, turn: Turn, exit_code: int) -> None:
        """Write the end where the process could not: one that ended well has written its own."""
        now = self.clock()
        if turn is Turn.CANCEL:
            cancel_job(self.store, claim, now)
        elif turn is Turn.STOP:
            release_job(self.store, claim, now)
        elif turn is Turn.ENDED and exit_code < 0:
            retry_job(self.store, claim, Failure("process_killed", signal.Signals(-exit_code).name), now)
        elif turn is Turn.ENDED:
            fail_job(self.store, claim, Failure("process_ended", str(exit_code)), now)


def start_child(claim: Claim, work: str, scratch: Path) -> subprocess.Popen[bytes]:
    """Start the job's process in a session of its own, with a pipe whose end tells it that we are gone."""
    # S603: every argument is a value that we made.
    command = [sys.executable, "-m", "webapp.jobs.work_process", "--job", claim.job_id, "--owner", claim.owner]
    command += ["--attempt", str(claim.attempt), "--work", work]
    # Without this joblib keeps its arrays in /dev/shm, where those of a killed process would stay.
    environ = os.environ | {"TMPDIR": str(scratch), "JOBLIB_TEMP_FOLDER": str(scratch)}
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True, cwd=ROOT, env=environ)  # noqa: S603


def has_ended(child: subprocess.Popen[bytes]) -> bool:
    """Whether the process has ended; it stays unreaped, so that nobody else can get its group's number."""
    return os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def end_group(child: subprocess.Popen[bytes]) -> int:
    """End the process and all that it started, first politely, and return its exit code."""
    with contextlib.suppress(ProcessLookupError):
        if not has_ended(child):
            os.killpg(child.pid, signal.SIGTERM)
            await_end(child, GRACE)
        os.killpg(child.pid, signal.SIGKILL)
    if child.stdin:
        child.stdin.close()
    return child.wait()


def await_end(child: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait for the process to end, for so many seconds at most."""
    deadline = time.monotonic() + seconds
    while not has_ended(child) and time.monotonic() < deadline:
        time.sleep(0.02)
