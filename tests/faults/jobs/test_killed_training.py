"""`kill -9` of a worker that trains for real: MLflow's own client leaves no more behind than our stand-in for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from ml.examination.reproduction import REPRODUCED_BY
from tests.builders.jobs import Bench, kill_group, wait_until
from tests.builders.tables import SECOND_SPEC_PATH, pump_rows
from webapp.clock import now_ms
from webapp.compare.queries import read_comparison
from webapp.jobs.queue import Job, request_cancel
from webapp.jobs.states import State
from webapp.store.mlflow_tables import model_version_tags, tags

pytestmark = pytest.mark.faults

REAL_WORK = "webapp.jobs.work"


@pytest.fixture
def real_bench(bench: Bench, tmp_path: Path) -> Bench:
    """The bench on a small real dataset, which a worker trains on in seconds."""
    raw = tmp_path / "pumps.csv"
    pump_rows().to_csv(raw, index=False)
    places = {"artifact_root": tmp_path / "models", "reports_dir": tmp_path / "reports"}
    bench.settings = replace(bench.settings, spec_path=SECOND_SPEC_PATH, raw_data=raw, **places)  # type: ignore[arg-type]
    return bench


@pytest.mark.timeout(300)
@pytest.mark.parametrize("stage", ["log", "register"])
def test_a_killed_training_leaves_one_whole_version_once_it_was_taken_up_again(real_bench: Bench, stage: str) -> None:
    worker = real_bench.start_worker(REAL_WORK)
    job = real_bench.submit("train", family="logistic_regression", folds=3, repeats=1)
    wait_until(lambda: stage in {seen.code for seen in real_bench.find(job).stages}, 90)
    kill_group(worker)
    wait_until(lambda: not real_bench.processes(), 5)

    real_bench.start_worker(REAL_WORK)
    done = real_bench.wait_for(job, seconds=120)

    assert (done.state, done.failure) == (State.DONE, None)
    assert done.result is not None
    assert (real_bench.count_runs("RUNNING"), real_bench.count_runs("FINISHED")) == (0, 1)
    assert real_bench.versions() == [(done.result["version"], done.result["run_id"])]
    assert real_bench.named_versions() == [done.result["version"]]
    with real_bench.store.read() as conn:
        tags = set(conn.scalars(select(model_version_tags.c.key)))
    assert {"proctor.onnx_path", "proctor.onnx_sha256", "proctor.joblib_sha256", "proctor.family"} <= tags


@pytest.mark.timeout(300)
@pytest.mark.parametrize("stage", ["compare", "log"])
def test_a_killed_reproduction_leaves_one_run_and_one_mark_once_it_was_taken_up_again(
    real_bench: Bench, stage: str
) -> None:
    worker = real_bench.start_worker(REAL_WORK)
    trained = real_bench.wait_for(
        real_bench.submit("train", family="logistic_regression", folds=3, repeats=1), seconds=90
    )
    assert trained.result is not None
    job = real_bench.submit("reproduce", run_id=trained.result["run_id"])
    wait_until(lambda: stage in {seen.code for seen in real_bench.find(job).stages}, 90)
    kill_group(worker)
    wait_until(lambda: not real_bench.processes(), 5)

    real_bench.start_worker(REAL_WORK)
    done = real_bench.wait_for(job, seconds=120)

    assert (done.state, done.failure) == (State.DONE, None)
    assert done.result is not None
    assert done.result["verdict"] == "identical"
    assert (real_bench.count_runs("RUNNING"), real_bench.count_runs("FINISHED")) == (0, 2)
    assert real_bench.versions() == [(1, trained.result["run_id"])]
    with real_bench.store.read() as conn:
        marks = conn.execute(select(tags.c.key, tags.c.run_uuid).where(tags.c.key.startswith(REPRODUCED_BY))).all()
    assert marks == [(REPRODUCED_BY + done.result["run_id"], trained.result["run_id"])]


@pytest.mark.timeout(300)
def test_a_killed_comparison_leaves_no_process_and_runs_nothing_twice(real_bench: Bench) -> None:
    worker = real_bench.start_worker(REAL_WORK)
    job = begin_comparing(real_bench)
    kill_group(worker)
    wait_until(lambda: not real_bench.processes(), 5)

    real_bench.start_worker(REAL_WORK)
    done = real_bench.wait_for(job, seconds=200)

    assert (done.state, done.failure) == (State.DONE, None)
    found = read_comparison(done, real_bench.settings.data_dir)
    assert found is not None
    assert [cost.family for cost in found.costs if cost.was_kept] == ["prior", "single_column"]
    assert [cost.family for cost in found.costs if not cost.was_kept] == ["random_forest"]


@pytest.mark.timeout(300)
def test_a_cancelled_comparison_ends_the_processes_that_fit_its_folds(real_bench: Bench) -> None:
    real_bench.start_worker(REAL_WORK)
    idle = wait_for_idle(real_bench)
    job = begin_comparing(real_bench)
    wait_until(lambda: any("loky" in command for command in real_bench.processes().values()), 60)
    request_cancel(real_bench.store, job.id, "ada", now_ms())

    assert real_bench.wait_for(job).state is State.CANCELLED
    wait_until(lambda: real_bench.processes().keys() <= idle, 5)
    assert read_comparison(real_bench.find(job), real_bench.settings.data_dir) is None


def begin_comparing(bench: Bench) -> Job:
    """Ask for a comparison, and wait until it is in the midst of the forest's folds."""
    job = bench.submit("compare", families=["random_forest"], folds=5, repeats=4)
    wait_until(lambda: "compare:random_forest" in {seen.code for seen in bench.find(job).stages}, 90)
    return job


def wait_for_idle(bench: Bench) -> set[int]:
    """The processes of a worker that has nothing to do."""
    wait_until(lambda: bench.workers_since(0), 60)
    return set(bench.processes())
