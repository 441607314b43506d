"""A comparison as a job, done by the pipeline itself on a small table: what it leaves, and that it goes on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ml.results import Progress
from ml.settings import Settings
from tests.builders.jobs import Bench
from tests.builders.tables import SECOND_SPEC_PATH, pump_rows
from webapp.clock import now_ms
from webapp.compare.queries import read_comparison
from webapp.jobs.child import do_work
from webapp.jobs.claims import claim_oldest
from webapp.jobs.queue import Job
from webapp.jobs.states import State
from webapp.jobs.work import WORK

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:sqlalchemy.exc.SADeprecationWarning")

ASKED: dict[str, Any] = {"families": ["logistic_regression"], "folds": 2, "repeats": 1, "seed": 3}


class KilledError(BaseException):
    """What no handler of errors catches: the process is gone."""


@pytest.fixture
def settings(bench: Bench, tmp_path: Path) -> Settings:
    path = tmp_path / "pumps.csv"
    pump_rows().to_csv(path, index=False)
    return replace(bench.settings, raw_data=path, spec_path=SECOND_SPEC_PATH)


def run(bench: Bench, settings: Settings, **asked: Any) -> Job:
    job = bench.submit("compare", **(ASKED | asked))
    claimed = claim_oldest(bench.store, "me", now_ms())
    assert claimed is not None
    assert do_work(bench.store, settings, claimed[0], job, WORK["compare"]) in {0, 1}
    return bench.find(job)


@pytest.mark.timeout(300)
def test_a_comparison_leaves_a_file_that_pages_read_and_goes_on_where_it_was_killed(
    bench: Bench, settings: Settings
) -> None:
    def die(progress: Progress) -> None:
        if progress.stage == "compare:logistic_regression":
            raise KilledError

    with pytest.raises(KilledError):
        WORK["compare"](settings, bench.submit("compare", **ASKED), die)
    claim_oldest(bench.store, "me", now_ms())
    job = run(bench, settings)
    assert job.state is State.DONE
    assert job.result == {"comparison": f"comparisons/{job.id}.json"}
    found = read_comparison(job, settings.data_dir)
    assert found is not None
    assert {cost.family: cost.was_kept for cost in found.costs} == {
        "prior": True, "single_column": True, "logistic_regression": False,
    }  # fmt: skip
    assert {stage.code for stage in job.stages} >= {"fetch", "clean", "compare:logistic_regression", "weigh"}


def test_what_cannot_be_compared_fails_with_its_reason_and_leaves_no_file(bench: Bench, settings: Settings) -> None:
    job = run(bench, settings, folds=100)
    assert job.state is State.FAILED
    assert job.failure is not None
    assert "too few for 100 folds" in job.failure.detail
    assert not (settings.data_dir / "comparisons" / f"{job.id}.json").exists()
    assert json.dumps(job.result) == "null"
