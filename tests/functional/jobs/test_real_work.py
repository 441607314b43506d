"""The pipeline itself, as a job: slow, and the only test that knows whether the two fit together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.builders.jobs import Bench
from webapp.clock import now_ms
from webapp.jobs.child import do_work
from webapp.jobs.claims import claim_oldest
from webapp.jobs.states import State
from webapp.jobs.work import WORK
from webapp.store.tables import dataset

pytestmark = pytest.mark.slow


def test_prepared_data_becomes_the_dataset_in_use(bench: Bench, uci_arff: Path, tmp_path: Path) -> None:
    settings = replace(bench.settings, raw_data=uci_arff, artifact_root=tmp_path, reports_dir=tmp_path)
    job = bench.submit("prepare")
    claimed = claim_oldest(bench.store, "me", now_ms())
    assert claimed is not None
    assert do_work(bench.store, settings, claimed[0], job, WORK["prepare"]) == 0
    assert bench.find(job).state is State.DONE
    with bench.store.read() as conn:
        row = conn.execute(select(dataset)).one()
    assert row.rows == 666
    assert all((settings.data_dir / path).is_file() for path in (row.clean_path, row.rejected_path))
