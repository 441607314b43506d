"""`kill -9` of a worker that deletes runs for good: done again, the job leaves nothing of them behind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.builders.jobs import Bench, kill_group, wait_until
from tests.builders.ticks import write_full_run
from webapp.clock import now_ms
from webapp.jobs.states import State
from webapp.runs.edit.actions import ask_deletion
from webapp.store.mlflow_tables import runs, tags
from webapp.store.tables import event

pytestmark = pytest.mark.faults

COUNT = 200
FILES = 20


def test_a_killed_deletion_is_completed_by_the_next_worker(bench: Bench, tmp_path: Path) -> None:
    root = tmp_path / "models"
    bench.settings = replace(bench.settings, artifact_root=root)
    ids = [f"{place:032x}" for place in range(COUNT)]
    with bench.store.write() as conn:
        for run_id in ids:
            folder = write_full_run(conn, root, run_id, run_id[-2:])
            for place in range(FILES):
                (folder / f"{place}.bin").write_bytes(b"x")
    worker = bench.start_worker("webapp.jobs.work")
    job = ask_deletion(bench.store, bench.queue, ids, user="ada", now=now_ms())
    wait_until(lambda: not all((root / "0" / run_id).exists() for run_id in ids), 60)
    kill_group(worker)
    wait_until(lambda: not bench.processes(), 5)
    assert any((root / "0" / run_id).exists() for run_id in ids), "the worker was not killed on the way"

    bench.start_worker("webapp.jobs.work")
    done = bench.wait_for(job, seconds=60)

    assert (done.state, done.failure, done.attempt) == (State.DONE, None, 2)
    assert done.result is not None
    assert (done.result["deleted"], done.result["kept_count"]) == (COUNT, 0)
    assert list((root / "0").iterdir()) == []
    with bench.store.read() as conn:
        assert conn.execute(select(runs.c.run_uuid)).all() == conn.execute(select(tags.c.run_uuid)).all() == []
        told = conn.scalars(select(event.c.subject).where(event.c.action == "run_deleted")).all()
    assert sorted(told) == [f"run {run_id}" for run_id in ids]
