"""The jobs that a new store gives itself."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert

from ml.families import FIRST_FAMILIES
from ml.settings import Settings
from tests.builders.jobs import Bench
from tests.builders.stores import write_run
from webapp.jobs.first import ensure_first_jobs, hash_file
from webapp.jobs.queue import list_jobs
from webapp.store.session import open_store
from webapp.store.tables import dataset

NAME = "d"


@pytest.fixture
def settings(bench: Bench) -> Settings:
    return replace(bench.settings, embedded_worker=True, first_training=True)


def queued(bench: Bench) -> list[tuple[str, str | None]]:
    with bench.store.read() as conn:
        jobs = list_jobs(conn, 99)
    return [(job.kind, job.params.get("family")) for job in reversed(jobs)]


def write_dataset(bench: Bench, sha256: str) -> None:
    texts = dict.fromkeys(("cleaning", "exploration", "raw_path", "clean_path", "rejected_path"), "")
    row = {"name": NAME, "content_sha256": "", "spec_sha256": "", "prepared_at": 1, "rows": 1} | texts
    with bench.store.write() as conn:
        conn.execute(insert(dataset).values(row | {"origin": json.dumps({"sha256": sha256})}))


def test_a_new_store_gets_the_data_and_the_first_families(bench: Bench, settings: Settings) -> None:
    assert ensure_first_jobs(bench.store, bench.queue, settings, NAME, 1) == 5
    assert queued(bench) == [("prepare", None), *(("train", family) for family in FIRST_FAMILIES)]
    assert not bench.queue.is_empty()


def test_a_second_start_repeats_nothing(bench: Bench, settings: Settings) -> None:
    ensure_first_jobs(bench.store, bench.queue, settings, NAME, 1)
    assert ensure_first_jobs(bench.store, bench.queue, settings, NAME, 2) == 0


def test_of_two_that_start_at_once_one_does_it(bench: Bench, settings: Settings) -> None:
    stores = [open_store(settings.database_url) for _ in range(4)]
    with ThreadPoolExecutor(len(stores)) as pool:
        made = list(pool.map(lambda store: ensure_first_jobs(store, bench.queue, settings, NAME, 1), stores))
    for store in stores:
        store.close()
    assert sorted(made) == [0, 0, 0, 5]


def test_an_adopted_store_with_runs_gets_the_data_alone(bench: Bench, settings: Settings) -> None:
    with bench.store.write() as conn:
        write_run(conn, "a" * 32)
    ensure_first_jobs(bench.store, bench.queue, settings, NAME, 1)
    assert queued(bench) == [("prepare", None)]


@pytest.mark.parametrize("change", [{"first_training": False}, {"embedded_worker": False}])
def test_a_store_that_others_look_after_gets_nothing(bench: Bench, settings: Settings, change: dict[str, bool]) -> None:
    assert ensure_first_jobs(bench.store, bench.queue, replace(settings, **change), NAME, 1) == 0  # type: ignore[arg-type]


def test_another_raw_file_than_the_dataset_came_from_is_prepared_once(
    bench: Bench, settings: Settings, tmp_path: Path
) -> None:
    raw = tmp_path / "raw.csv"
    raw.write_text("a,b\n1,2\n")
    named = replace(settings, raw_data=raw, first_training=False)
    write_dataset(bench, hash_file(raw))
    assert ensure_first_jobs(bench.store, bench.queue, named, NAME, 1) == 0
    raw.write_text("a,b\n1,3\n")
    assert ensure_first_jobs(bench.store, bench.queue, named, NAME, 1) == 1
    assert ensure_first_jobs(bench.store, bench.queue, named, NAME, 1) == 0
    assert queued(bench) == [("prepare", None)]
