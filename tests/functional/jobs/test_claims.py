"""Claims on a real store: one job, one owner, whoever else reaches for it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from ml.examination.reproduction import REPRODUCED_BY, REPRODUCTION
from tests.builders.jobs import Bench, make_bench
from tests.builders.stores import write_run, write_tag
from webapp.jobs.claims import (
    LEASE,
    Claim,
    Hold,
    cancel_job,
    claim_oldest,
    fail_job,
    finish_job,
    record_stages,
    release_job,
    renew_lease,
    retry_job,
)
from webapp.jobs.debris import FAMILY_TAG, JOB_TAG
from webapp.jobs.queue import Failure, Job, Stage, request_cancel, submit_job
from webapp.jobs.reconciler import reconcile, sweep
from webapp.jobs.states import State
from webapp.store.mlflow_tables import (
    model_version_tags,
    model_versions,
    registered_model_aliases,
    registered_models,
    runs,
    tags,
)
from webapp.store.session import open_store

RUN, ORIGINAL = "a" * 32, "0" * 32
NOW = 1_000_000
LOST = Failure("worker_lost", "somebody")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    url = request.getfixturevalue("store_url" if request.param == "sqlite" else "postgresql_url")
    bench = make_bench(url, tmp_path / "data", "" if request.param == "sqlite" else url)
    yield bench
    bench.close()


def claim(bench: Bench, owner: str = "one", now: int = NOW) -> Claim:
    claimed = claim_oldest(bench.store, owner, now)
    assert claimed is not None
    return claimed[0]


def leave_run(
    bench: Bench, job: Job, status: str, *, version: bool = False, alias: bool = False, family: str = ""
) -> None:
    """Leave in MLflow's tables what a training leaves that was killed at some moment."""
    key = {"workspace": "default", "name": "m"}
    with bench.store.write() as conn:
        write_run(conn, RUN, name="a-run", status=status, end_time=None if status == "RUNNING" else 5)
        write_tag(conn, RUN, JOB_TAG, job.id)
        if version:
            conn.execute(insert(registered_models).values(key))
            conn.execute(insert(model_versions).values(key | {"version": 1, "run_id": RUN}))
            conn.execute(insert(model_version_tags).values(key | {"version": 1, "key": FAMILY_TAG, "value": family}))
        if alias:
            conn.execute(insert(registered_model_aliases).values(key | {"version": 1, "alias": "champion"}))


def run_status(bench: Bench) -> tuple[str, int | None]:
    with bench.store.read() as conn:
        row = conn.execute(select(runs.c.status, runs.c.end_time).where(runs.c.run_uuid == RUN)).one()
    return row.status, row.end_time


def test_the_oldest_job_is_claimed_and_nothing_when_there_is_none(bench: Bench) -> None:
    first, second = bench.submit("echo"), bench.submit("echo")
    assert [claim(bench).job_id, claim(bench).job_id] == [first.id, second.id]
    assert claim_oldest(bench.store, "one", NOW) is None


def test_of_many_workers_that_reach_for_a_job_one_gets_it(bench: Bench) -> None:
    jobs = [bench.submit("echo") for _ in range(10)]
    rivals = [open_store(bench.settings.database_url) for _ in range(4)]

    def claim_all(number: int) -> list[str]:
        got = []
        while claimed := claim_oldest(rivals[number], f"worker {number}", NOW):
            got.append(claimed[0].job_id)
        return got

    with ThreadPoolExecutor(len(rivals)) as pool:
        got = [job_id for ids in pool.map(claim_all, range(len(rivals))) for job_id in ids]
    for store in rivals:
        store.close()
    assert sorted(got) == sorted(job.id for job in jobs)


def test_jobs_that_are_submitted_together_get_numbers_in_a_row(bench: Bench) -> None:
    rivals = [open_store(bench.settings.database_url) for _ in range(4)]
    with ThreadPoolExecutor(len(rivals)) as pool:
        made = list(pool.map(lambda store: submit_job(store, bench.queue, "echo", {}, "ada", NOW), rivals * 5))
    for store in rivals:
        store.close()
    assert sorted(job.number for job in made) == list(range(1, 21))


def test_a_lease_is_renewed_until_it_is_lost_and_tells_of_a_cancellation(bench: Bench) -> None:
    job = bench.submit("echo")
    mine = claim(bench)
    assert renew_lease(bench.store, mine, NOW + 1) is Hold.HELD
    request_cancel(bench.store, job.id, "ada", NOW)
    assert renew_lease(bench.store, mine, NOW + 2) is Hold.CANCEL
    assert cancel_job(bench.store, mine, NOW + 3)
    assert renew_lease(bench.store, mine, NOW + 4) is Hold.LOST


def test_an_expired_lease_sends_the_job_back_once_and_then_fails_it(bench: Bench) -> None:
    job = bench.submit("echo")
    claim(bench)
    reconcile(bench.store, bench.queue, NOW + LEASE)
    assert bench.find(job).state is State.RUNNING
    reconcile(bench.store, bench.queue, NOW + LEASE + 1)
    assert (bench.find(job).state, bench.find(job).attempt) == (State.QUEUED, 1)
    again = claim(bench, "two")
    assert again.attempt == 2
    reconcile(bench.store, bench.queue, NOW + 2 * LEASE)
    assert (bench.find(job).state, bench.find(job).failure) == (State.FAILED, Failure("worker_lost", "two"))


def test_whoever_lost_a_claim_changes_nothing_any_more(bench: Bench) -> None:
    job = bench.submit("echo")
    old = claim(bench)
    reconcile(bench.store, bench.queue, NOW + LEASE + 1)
    new = claim(bench, "two")
    steps = (
        lambda: record_stages(bench.store, old, (Stage("fetch", 1, 1, 1),)),
        lambda: fail_job(bench.store, old, LOST, NOW),
        lambda: cancel_job(bench.store, old, NOW),
        lambda: retry_job(bench.store, old, LOST, NOW),
        lambda: release_job(bench.store, old, NOW),
    )
    assert [step() for step in steps] == [False] * 5
    with bench.store.write() as conn:
        assert not finish_job(conn, old, {}, NOW)
    assert (bench.find(job).state, bench.find(job).attempt, bench.find(job).stages) == (State.RUNNING, 2, ())
    assert renew_lease(bench.store, new, NOW) is Hold.HELD


def test_a_released_job_has_not_been_tried(bench: Bench) -> None:
    job = bench.submit("echo")
    assert release_job(bench.store, claim(bench), NOW)
    assert (bench.find(job).state, bench.find(job).attempt) == (State.QUEUED, 0)


@pytest.mark.parametrize(
    ("left", "ended"),
    [
        ({"status": "RUNNING"}, ("FAILED", NOW)),
        ({"status": "FINISHED"}, ("FAILED", 5)),
        ({"status": "FINISHED", "version": True}, ("FAILED", 5)),
    ],
)
def test_an_attempt_that_did_not_get_to_its_end_leaves_neither_an_open_run_nor_a_version(
    bench: Bench, left: dict[str, object], ended: tuple[str, int]
) -> None:
    job = bench.submit("train")
    mine = claim(bench)
    leave_run(bench, job, **left)  # type: ignore[arg-type]
    assert retry_job(bench.store, mine, LOST, NOW)
    assert bench.find(job).state is State.QUEUED
    assert run_status(bench) == ended
    assert bench.versions() == []
    with bench.store.read() as conn:
        assert conn.execute(select(model_version_tags)).all() == []


@pytest.mark.parametrize(
    "left", [{"version": True, "alias": True}, {"version": True, "family": "prior"}], ids=["named", "baseline"]
)
def test_an_attempt_that_got_to_its_end_and_could_not_say_so_is_done(bench: Bench, left: dict[str, object]) -> None:
    job = bench.submit("train")
    mine = claim(bench)
    leave_run(bench, job, "FINISHED", **left)  # type: ignore[arg-type]
    assert retry_job(bench.store, mine, LOST, NOW)
    done = bench.find(job)
    assert (done.state, done.result) == (State.DONE, {"run_id": RUN, "run_name": "a-run", "version": 1})
    assert bench.versions() == [(1, RUN)]


def leave_reproduction(bench: Bench, job: Job, status: str, verdict: str = "") -> None:
    """Leave what a reproduction leaves that was killed at some moment: it never makes a version."""
    leave_run(bench, job, status)
    with bench.store.write() as conn:
        write_run(conn, ORIGINAL)
        if verdict:
            write_tag(conn, RUN, REPRODUCTION, verdict)
            write_tag(conn, ORIGINAL, REPRODUCED_BY + RUN, verdict)


def test_a_reproduction_that_got_to_its_end_and_could_not_say_so_is_done_without_a_version(bench: Bench) -> None:
    job = bench.submit("reproduce")
    mine = claim(bench)
    leave_reproduction(bench, job, "FINISHED", "differs")
    assert retry_job(bench.store, mine, LOST, NOW)
    done = bench.find(job)
    assert done.state is State.DONE
    assert done.result == {"run_id": RUN, "run_name": "a-run", "version": None, "verdict": "differs"}
    assert run_status(bench) == ("FINISHED", 5)


@pytest.mark.parametrize(
    ("status", "verdict", "ended"),
    [("RUNNING", "", ("FAILED", NOW)), ("RUNNING", "identical", ("FAILED", NOW)), ("FINISHED", "", ("FAILED", 5))],
    ids=["before", "marked", "unmarked"],
)
def test_a_reproduction_that_did_not_leaves_no_mark_on_the_original(
    bench: Bench, status: str, verdict: str, ended: tuple[str, int]
) -> None:
    job = bench.submit("reproduce")
    mine = claim(bench)
    leave_reproduction(bench, job, status, verdict)
    assert retry_job(bench.store, mine, LOST, NOW)
    assert bench.find(job).state is State.QUEUED
    assert run_status(bench) == ended
    with bench.store.read() as conn:
        assert conn.execute(select(tags.c.key).where(tags.c.run_uuid == ORIGINAL)).all() == []


def test_runs_that_nobody_works_on_are_swept_and_others_are_left_alone(bench: Bench) -> None:
    job = bench.submit("train")
    mine = claim(bench)
    leave_run(bench, job, "RUNNING")
    with bench.store.write() as conn:
        write_run(conn, "b" * 32, status="RUNNING", end_time=None)  # somebody else's, without a job
    sweep(bench.store, NOW)
    assert run_status(bench) == ("RUNNING", None)
    with bench.store.write() as conn:
        assert finish_job(conn, mine, {}, NOW)
    sweep(bench.store, NOW)
    assert run_status(bench) == ("FAILED", NOW)
    assert bench.count_runs("RUNNING") == 1
