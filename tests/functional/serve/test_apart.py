"""Real processes apart: they answer as the pipeline does, come back when they are killed, and never stay behind."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ml.serve.apart.engine import ProcessEngine
from ml.serve.apart.process import Process
from ml.serve.contract import AwayError, ModelFileError
from ml.serve.export import ParityError, check_parity, random_rows, rows_frame
from ml.serve.loading import load_model
from ml.settings import ROOT
from tests.builders.apart import fit_unwritten, has_ended, is_running, keep_apart
from tests.builders.models import mixed_spec, mixed_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml.serve.predictor import Predictor
    from ml.spec import DatasetSpec


@pytest.fixture(scope="module")
def spec() -> DatasetSpec:
    return mixed_spec()


@pytest.fixture(scope="module")
def pipeline(spec: DatasetSpec) -> Any:
    return fit_unwritten(mixed_table(spec), spec)


@pytest.fixture(scope="module")
def content(spec: DatasetSpec, pipeline: Any) -> bytes:
    return keep_apart(pipeline, spec)


@pytest.fixture(scope="module")
def predictor(content: bytes) -> Iterator[Predictor]:
    """One for all tests; what they do to its process it has to bear."""
    predictor = load_model(content)
    yield predictor
    predictor.engine.close()


@pytest.fixture(scope="module")
def rows(spec: DatasetSpec) -> list[dict[str, Any]]:
    return random_rows(spec, np.random.default_rng(1), 64)


def pid_of(predictor: Predictor) -> int:
    assert isinstance(predictor.engine, ProcessEngine)
    pid = predictor.engine.pid
    assert pid
    return pid


def expected(pipeline: Any, rows: list[dict[str, Any]], spec: DatasetSpec) -> Any:
    shares = pipeline.predict_proba(rows_frame(rows, spec))
    return shares[:, [pipeline.classes_.tolist().index(name) for name in spec.target.categories]]


def test_it_answers_as_the_pipeline_does(
    predictor: Predictor, pipeline: Any, rows: list[dict[str, Any]], spec: DatasetSpec
) -> None:
    shares = expected(pipeline, rows, spec)
    assert predictor.predict(rows).tolist() == shares.tolist()
    assert predictor.predict_cells(np.array([predictor.encode(row) for row in rows])).tolist() == shares.tolist()


def test_no_row_gives_no_answer(predictor: Predictor) -> None:
    assert predictor.predict([]).shape == (0, 3)


def test_threads_get_their_own_answers(predictor: Predictor, rows: list[dict[str, Any]]) -> None:
    alone = predictor.predict(rows)
    wrong: list[int] = []

    def ask(first: int) -> None:
        for place in range(first, len(rows), 8):
            found = predictor.predict([rows[place]])
            wrong.extend([] if found.tolist() == alone[place : place + 1].tolist() else [place])

    threads = [threading.Thread(target=ask, args=(first,)) for first in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_after_a_kill_the_next_request_is_answered(predictor: Predictor, rows: list[dict[str, Any]]) -> None:
    before, killed = predictor.predict(rows), pid_of(predictor)
    os.kill(killed, signal.SIGKILL)
    assert predictor.predict(rows).tolist() == before.tolist()
    assert pid_of(predictor) != killed
    assert has_ended(killed)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_stops_a_server_gently_leaves_it_to_its_last_requests(
    predictor: Predictor, rows: list[dict[str, Any]], number: signal.Signals
) -> None:
    predictor.predict(rows)
    pid = pid_of(predictor)
    os.kill(pid, number)
    predictor.predict(rows)
    assert pid_of(predictor) == pid


def test_one_that_hangs_is_given_up(content: bytes, rows: list[dict[str, Any]]) -> None:
    predictor = load_model(content)
    assert isinstance(predictor.engine, ProcessEngine)
    predictor.engine._answer_seconds = 0.3  # noqa: SLF001 - what is half a minute for everybody else
    pid = pid_of(predictor)
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(AwayError, match="took longer"):
        predictor.predict(rows)
    assert has_ended(pid)
    predictor.engine.close()


def test_it_ends_when_nobody_holds_its_predictor_any_more(content: bytes, rows: list[dict[str, Any]]) -> None:
    predictor = load_model(content)
    pid, answer = pid_of(predictor), predictor.predict_cells
    cells = predictor.encode(rows[0])[None]
    del predictor
    assert is_running(pid)  # a request that began before
    assert len(answer(cells)) == 1
    del answer
    gc.collect()
    assert has_ended(pid)


def test_it_ends_when_its_parent_is_killed(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.skops"
    path.write_bytes(content)
    program = (
        "import sys, pathlib, time\nfrom ml.serve.loading import load_model\n"
        "model = load_model(pathlib.Path(sys.argv[1]).read_bytes())\n"
        "print(model.engine.pid, flush=True)\ntime.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        assert is_running(pid)
        parent.kill()
    assert has_ended(pid)


def test_it_is_told_no_secret(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROCTOR_SECRET_KEY", "s3cret")
    process = Process(content, 60)
    told = Path(f"/proc/{process.pid}/environ").read_bytes()
    process.end()
    assert b"PATH=" in told
    assert b"s3cret" not in told


def test_a_refused_file_leaves_no_process(spec: DatasetSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []
    popen = subprocess.Popen

    class Noting(popen):  # type: ignore[misc,valid-type]
        def __init__(self, *arguments: Any, **wishes: Any) -> None:
            super().__init__(*arguments, **wishes)
            started.append(self.pid)

    monkeypatch.setattr(subprocess, "Popen", Noting)
    with pytest.raises(ModelFileError, match="not a model file"):
        Process(b"PK\x03\x04 nonsense", 60)
    assert len(started) == 1
    assert has_ended(started[0])


def test_a_file_that_answers_differently_is_found_out(content: bytes, spec: DatasetSpec) -> None:
    other = fit_unwritten(mixed_table(spec, seed=9), spec)
    with pytest.raises(ParityError):
        check_parity(content, other, mixed_table(spec), spec, 0)
