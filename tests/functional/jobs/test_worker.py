"""Real workers on a real store: from a row to its end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

from sqlalchemy import select

from ml.settings import ROOT
from tests.builders.jobs import Bench, wait_until
from webapp.clock import now_ms
from webapp.jobs.presence import list_workers
from webapp.jobs.queue import Failure, list_jobs, request_cancel
from webapp.jobs.states import State
from webapp.store.tables import event


def test_a_job_is_done_and_its_result_and_what_belongs_to_it_are_written(bench: Bench) -> None:
    job = bench.submit("echo", say="hello")
    bench.start_worker()
    done = bench.wait_for(job)
    assert (done.state, done.attempt, done.failure) == (State.DONE, 1, None)
    assert done.result == {"said": "hello", "data_dir": str(bench.settings.data_dir)}
    assert [(stage.code, stage.done, stage.total) for stage in done.stages] == [("fetch", 1, 1)]
    assert done.created_at <= (done.started_at or 0) <= (done.finished_at or 0)
    with bench.store.read() as conn:
        assert conn.scalars(select(event.c.subject).where(event.c.action == "echoed")).all() == [job.id]


def test_jobs_are_done_in_the_order_of_their_submission(bench: Bench) -> None:
    jobs = [bench.submit("echo", say=number) for number in range(3)]
    bench.start_worker()
    ends = [bench.wait_for(job) for job in jobs]
    assert [job.number for job in ends] == [1, 2, 3]
    assert all((before.finished_at or 0) <= (after.started_at or 0) for before, after in pairwise(ends))


def test_a_worker_signs_in(bench: Bench) -> None:
    bench.start_worker()
    assert not _workers(bench)
    wait_until(lambda: _workers(bench), 20)


def test_a_lost_message_loses_no_job(bench: Bench) -> None:
    job = bench.submit("echo", say="hello")
    bench.queue.open().storage.flush_queue()  # what a queue that was wiped looks like
    bench.start_worker()
    assert bench.wait_for(job).state is State.DONE


def test_work_that_raises_fails_with_the_reason_and_is_not_tried_again(bench: Bench) -> None:
    job = bench.submit("stumble")
    bench.start_worker()
    failed = bench.wait_for(job)
    assert (failed.state, failed.attempt) == (State.FAILED, 1)
    assert failed.failure == Failure("raised", "RefusedError: the floor is uneven")


def test_an_unknown_kind_fails(bench: Bench) -> None:
    job = bench.submit("nonsense")
    bench.start_worker()
    failed = bench.wait_for(job)
    assert (failed.state, failed.failure) == (State.FAILED, Failure("unknown_kind", "nonsense"))


def test_a_killed_process_is_tried_once_more_and_then_fails_with_the_reason(bench: Bench) -> None:
    job = bench.submit("vanish")
    bench.start_worker()
    failed = bench.wait_for(job)
    assert (failed.state, failed.attempt) == (State.FAILED, 2)
    assert failed.failure == Failure("process_killed", "SIGKILL")


def test_a_queued_job_is_cancelled_at_once(bench: Bench) -> None:
    job = bench.submit("echo", say="never")
    cancelled = request_cancel(bench.store, job.id, "ada", now_ms())
    assert cancelled is not None
    assert cancelled.state is State.CANCELLED
    after = bench.submit("echo", say="next")
    bench.start_worker()
    assert bench.wait_for(after).state is State.DONE
    assert bench.find(job).attempt == 0


def test_a_running_job_is_cancelled_with_all_its_processes_and_its_run(bench: Bench) -> None:
    worker = bench.start_worker()
    job = bench.submit("train", seconds=60)
    wait_until((bench.settings.data_dir / "fitting").exists, 30)
    wait_until(lambda: len(bench.processes()) >= 4, 20)  # the worker, the child, joblib's two
    request_cancel(bench.store, job.id, "ada", now_ms())
    assert bench.wait_for(job, seconds=5).state is State.CANCELLED
    assert (bench.count_runs("RUNNING"), bench.count_runs("KILLED")) == (0, 1)
    wait_until(lambda: set(bench.processes()) == {worker.pid}, 2)
    assert not list((bench.settings.data_dir / "scratch").iterdir())
    following = bench.submit("echo", say="still there")
    assert bench.wait_for(following).state is State.DONE


def test_who_asked_for_what_is_in_the_log_of_events(bench: Bench) -> None:
    job = bench.submit("echo", say="hello")
    request_cancel(bench.store, job.id, "grace", now_ms())
    request_cancel(bench.store, job.id, "grace", now_ms())
    with bench.store.read() as conn:
        rows = conn.execute(select(event).order_by(event.c.id)).all()
    assert [(row.user_name, row.action, row.subject) for row in rows] == [
        ("ada", "job_submitted", "job 1"),
        ("grace", "job_cancelled", "job 1"),
    ]
    assert json.loads(rows[0].detail) == {"kind": "echo", "say": "hello"}


def test_a_stopped_worker_gives_its_job_back_as_though_it_had_not_begun(bench: Bench) -> None:
    worker = bench.start_worker()
    job = bench.submit("train", seconds=60)
    wait_until((bench.settings.data_dir / "fitting").exists, 30)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(10) == 0
    back = bench.find(job)
    assert (back.state, back.attempt, back.started_at, back.stages) == (State.QUEUED, 0, None, ())
    assert (bench.count_runs("RUNNING"), bench.count_runs("KILLED")) == (0, 1)
    assert not bench.processes()
    assert not _workers(bench)


def test_progress_is_written_while_the_work_goes_on(bench: Bench) -> None:
    bench.start_worker()
    job = bench.submit("wait", seconds=2)
    wait_until(lambda: any(0 < stage.done < stage.total for stage in bench.find(job).stages), 20)
    assert bench.find(job).state is State.RUNNING
    assert bench.wait_for(job).state is State.DONE


def test_two_workers_share_the_queue_and_no_job_is_done_twice(bench: Bench) -> None:
    jobs = [bench.submit("echo", say=number) for number in range(6)]
    bench.start_worker()
    bench.start_worker()
    assert {bench.wait_for(job).state for job in jobs} == {State.DONE}
    with bench.store.read() as conn:
        echoed = conn.scalars(select(event.c.subject).where(event.c.action == "echoed")).all()
        assert {job.attempt for job in list_jobs(conn, 10)} == {1}
    assert sorted(echoed) == sorted(job.id for job in jobs)


def test_a_worker_refuses_a_store_without_the_schema_in_one_clear_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "webapp.jobs.worker"],
        env=os.environ | {"PROCTOR_DATA_DIR": str(tmp_path)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "run `alembic upgrade head`" in done.stderr


def _workers(bench: Bench) -> tuple[object, ...]:
    with bench.store.read() as conn:
        return list_workers(conn, now_ms())
