"""`kill -9` at each step and at random moments: whatever is killed, nothing is left running and no job is lost.

The promise is a hundred moments; a quick run tries twelve, `KILLS=100` tries them all.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable

import pytest

from tests.builders.fake_work import STEPS
from tests.builders.jobs import Bench, kill_group, wait_until
from webapp.clock import now_ms
from webapp.jobs.queue import Job, request_cancel
from webapp.jobs.states import State

pytestmark = pytest.mark.faults

KILLS = int(os.environ.get("KILLS", "12"))
FIT = 0.5
LONGEST = 3.0
"""Seconds: that the fake training fits, and within which the moment of the kill lies (start, fit, registration)."""
BACK_WITHIN = 5.0
"""Seconds: until no process is left, and after a worker is back until the job is queued again or failed."""


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_killed_at_a_step_leaves_nothing_and_its_job_is_taken_up_again(bench: Bench, step: str) -> None:
    worker = bench.start_worker()
    job = bench.submit("train", seconds=FIT, hold=step)
    wait_until((bench.settings.data_dir / step).exists, 60)
    kill_group(worker)
    killed_at = now_ms()
    wait_until(lambda: not bench.processes(), BACK_WITHIN)
    look_at_what_is_left(bench, job, killed_at, bench.start_worker)
    # What got to its end and could not say so is not done twice.
    assert bench.find(job).attempt == (1 if step == "named" else 2)


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_killed_worker_leaves_nothing_and_its_job_is_taken_up_again(bench: Bench, seed: int) -> None:
    worker = bench.start_worker()
    job = bench.submit("train", seconds=FIT)
    wait_for_claim(bench, job)
    time.sleep(moment(seed))
    kill_group(worker)
    killed_at = now_ms()
    wait_until(lambda: not bench.processes(), BACK_WITHIN)
    look_at_what_is_left(bench, job, killed_at, bench.start_worker)


@pytest.mark.parametrize("seed", range(KILLS // 4))
def test_a_killed_web_process_takes_its_worker_along(bench: Bench, seed: int) -> None:
    web = bench.start_web()
    job = bench.submit("train", seconds=FIT)
    wait_for_claim(bench, job)
    time.sleep(moment(seed))
    kill_group(web)
    killed_at = now_ms()
    wait_until(lambda: not bench.processes(), 10)
    assert bench.count_runs("RUNNING") == 0
    assert bench.find(job).state is not State.RUNNING
    look_at_what_is_left(bench, job, killed_at, bench.start_web)


def test_the_web_process_starts_a_killed_worker_again(bench: Bench) -> None:
    bench.start_web()
    job = bench.submit("train", seconds=FIT)
    wait_until((bench.settings.data_dir / "fitting").exists, 30)
    killed = next(pid for pid, command in bench.processes().items() if "webapp.jobs.worker" in command)
    os.killpg(killed, signal.SIGKILL)
    done = bench.wait_for(job, seconds=60)
    assert (done.state, done.attempt) == (State.DONE, 2)
    assert bench.count_runs("RUNNING") == 0


def test_a_job_that_loses_its_worker_twice_fails_with_the_reason(bench: Bench) -> None:
    job = bench.submit("train", seconds=60)
    for _ in range(2):
        (bench.settings.data_dir / "fitting").unlink(missing_ok=True)
        worker = bench.start_worker()
        wait_until((bench.settings.data_dir / "fitting").exists, 60)
        kill_group(worker)
    bench.start_worker()
    failed = bench.wait_for(job)
    assert failed.state is State.FAILED
    assert failed.failure is not None
    assert failed.failure.code == "worker_lost"
    assert (bench.count_runs("RUNNING"), bench.count_runs("FAILED")) == (0, 2)


def test_a_cancellation_outlives_the_worker_that_should_have_seen_it(bench: Bench) -> None:
    worker = bench.start_worker()
    job = bench.submit("train", seconds=60)
    wait_until((bench.settings.data_dir / "fitting").exists, 60)
    kill_group(worker)
    request_cancel(bench.store, job.id, "ada", now_ms())
    bench.start_worker()
    assert bench.wait_for(job).state is State.CANCELLED
    assert (bench.count_runs("RUNNING"), bench.count_runs("KILLED")) == (0, 1)


def test_a_stopped_worker_that_wakes_up_too_late_overwrites_nothing(bench: Bench) -> None:
    sleeper = bench.start_worker()
    job = bench.submit("train", seconds=30)
    wait_until((bench.settings.data_dir / "fitting").exists, 60)
    os.kill(sleeper.pid, signal.SIGSTOP)
    second = bench.start_worker()
    try:
        wait_until(lambda: bench.find(job).attempt == 2, 30)
    finally:
        os.kill(sleeper.pid, signal.SIGCONT)
    wait_until(lambda: len([line for line in bench.processes().values() if "webapp.jobs.work_process" in line]) == 1, 5)
    now = bench.find(job)
    assert (now.state, now.attempt) == (State.RUNNING, 2)
    assert second.poll() is None
    request_cancel(bench.store, job.id, "ada", now_ms())
    bench.wait_for(job)


def moment(seed: int) -> float:
    return random.Random(seed).uniform(0.0, LONGEST)  # noqa: S311 - the same moments in every run


def wait_for_claim(bench: Bench, job: Job) -> None:
    wait_until(lambda: bench.find(job).state is not State.QUEUED, 60)


def look_at_what_is_left(bench: Bench, job: Job, killed_at: int, start: Callable[[], subprocess.Popen[bytes]]) -> None:
    """Once a worker is back: the job soon has another owner, and in the end there is one run and one version of it."""
    was_left_running = bench.find(job).state is State.RUNNING
    back = start()
    wait_until(lambda: bench.workers_since(killed_at), 60)
    if was_left_running:
        wait_until(lambda: bench.find(job).attempt == 2 or bench.find(job).state is not State.RUNNING, BACK_WITHIN)
        assert bench.count_runs("RUNNING") <= 1
    done = bench.wait_for(job, seconds=90)
    assert done.state is State.DONE
    assert done.result is not None
    assert back.poll() is None
    assert (bench.count_runs("RUNNING"), bench.count_runs("FINISHED")) == (0, 1)
    assert bench.versions() == [(done.result["version"], done.result["run_id"])]
    assert bench.named_versions() == [done.result["version"]]
