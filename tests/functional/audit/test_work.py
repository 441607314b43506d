"""The upload's whole way: from the form through a worker's process to the page, and no file left."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from werkzeug.datastructures import FileStorage

from tests.builders.jobs import Bench, make_bench, wait_until
from webapp.audit.actions import submit_audit
from webapp.audit.queries import read_audit
from webapp.clock import now_ms
from webapp.jobs.child import do_work
from webapp.jobs.claims import claim_oldest, fail_job
from webapp.jobs.queue import Failure, Job
from webapp.jobs.states import State
from webapp.jobs.work import WORK

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def bench(store_url: str, tmp_path: Path) -> Iterator[Bench]:
    bench = make_bench(store_url, tmp_path / "data")
    yield bench
    bench.close()


def make_rows(rows: int = 120) -> pd.DataFrame:
    """An honest table: two columns of chance, one that says something about the class."""
    random = np.random.default_rng(3)
    label = random.integers(0, 2, rows)
    return pd.DataFrame(
        {
            "height": random.normal(size=rows).round(3),
            "colour": random.choice(["red", "green", "blue"], rows),
            "hint": (label + random.normal(0, 1.5, rows)).round(3),
            "result": np.where(label, "yes", "no"),
        }
    )


def upload(frame: pd.DataFrame, name: str = "theirs.csv") -> FileStorage:
    content = io.BytesIO()
    frame.to_parquet(content) if name.endswith("parquet") else frame.to_csv(content, index=False)
    content.seek(0)
    return FileStorage(content, name)


def submit(bench: Bench, *files: FileStorage, **params: object) -> Job:
    named = dict(zip(("table", "predictions"), files, strict=False))
    given = {role: file.filename for role, file in named.items()} | params
    return submit_audit(bench.store, bench.queue, bench.settings.data_dir, given, named, user="rita", now=now_ms())


def work(bench: Bench, job: Job) -> Job:
    """Do the job in this process, as a worker's child does."""
    claimed = claim_oldest(bench.store, "me", now_ms())
    assert claimed is not None
    do_work(bench.store, bench.settings, claimed[0], claimed[1], WORK["audit"])
    return bench.find(job)


@pytest.mark.parametrize("name", ["theirs.csv", "theirs.parquet"])
def test_a_leaking_table_is_found_out(bench: Bench, name: str) -> None:
    rows = make_rows().assign(code=lambda frame: frame["result"].map({"yes": "k1", "no": "k2"}))
    done = work(bench, submit(bench, upload(rows, name), target="result"))
    report = read_audit(done)
    assert report is not None, done.failure
    assert report.verdict == "cheat"
    assert [finding.where for finding in report.findings if finding.check == "target_copy"] == [("code",)]


def test_an_honest_table_is_not_accused(bench: Bench) -> None:
    report = read_audit(work(bench, submit(bench, upload(make_rows()), target="result")))
    assert report is not None
    assert (report.verdict, report.rows, report.columns) == ("clean", 120, 3)


def test_a_claim_alone_is_examined(bench: Bench) -> None:
    report = read_audit(work(bench, submit(bench, metric="accuracy", value="0.9926", rows=136)))
    assert report is not None
    assert report.findings[0].evidence["right"] == 135


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("theirs.csv", b"a,b\n1,2,3\n", "theirs.csv: row 1 goes on after the last column"),
        ("theirs.parquet", b"no parquet at all", "theirs.parquet: is not a table"),
        ("theirs.csv", b"", "theirs.csv: is empty"),
        ("theirs.csv", b"a,b\n" + b"1,2\n2,1\n" * 20, "no column"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_line_without_our_folders(
    bench: Bench, name: str, content: bytes, says: str
) -> None:
    failed = work(bench, submit(bench, FileStorage(io.BytesIO(content), name), target="result"))
    assert failed.failure is not None
    assert failed.failure.code == "refused"
    assert says in failed.failure.detail
    assert str(bench.settings.data_dir) not in failed.failure.detail
    assert "\n" not in failed.failure.detail


def test_a_worker_does_it_and_deletes_the_files(bench: Bench) -> None:
    job = submit(bench, upload(make_rows()), target="result")
    uploads = bench.settings.data_dir / "uploads"
    assert (uploads / job.id / "table" / "theirs.csv").is_file()
    bench.start_worker("webapp.jobs.work")
    done = bench.wait_for(job)
    assert (done.state, done.failure) == (State.DONE, None)
    wait_until(lambda: not list(uploads.iterdir()), 5)


def test_a_worker_that_starts_deletes_what_others_left(bench: Bench) -> None:
    job = submit(bench, upload(make_rows()), target="result")
    claimed = claim_oldest(bench.store, "gone", now_ms())
    assert claimed
    fail_job(bench.store, claimed[0], Failure("worker_lost", "gone"), now_ms())
    bench.start_worker("webapp.jobs.work")
    wait_until(lambda: not (bench.settings.data_dir / "uploads" / job.id).exists(), 20)
