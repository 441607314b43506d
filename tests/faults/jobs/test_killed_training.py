"""`kill -9` of a worker that trains for real: MLflow's own client leaves no more behind than our stand-in for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from ml.examination.reproduction import REPRODUCED_BY
from tests.builders.jobs import Bench, kill_group, wait_until
from tests.builders.tables import SECOND_SPEC_PATH, pump_rows
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
