"""A family of which no graph can be written, from its training to its answers: every door, from a process apart."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import joblib
import pytest
from flask import render_template

import ml.serve.apart.engine
import ml.train.families
from ml.clean import clean_records
from ml.commands.train import describe, tabulate
from ml.pipeline import train
from ml.results import TrainingRequest, TrainingResult
from ml.serve.export import export_model, rows_frame
from ml.settings import ROOT, Settings, write_settings
from ml.source import read_table
from ml.train.families import FAMILIES
from ml.train.fit import fit_family
from tests.builders.accounts import visit, visit_as_admin
from tests.builders.apart import UNWRITTEN, has_ended, is_running
from tests.builders.jobs import wait_until
from tests.builders.pages import find_faults
from tests.builders.runs import make_evaluation, write_alias, write_trained_run, write_version
from tests.builders.tables import SECOND_SPEC_PATH, pump_rows, second_spec
from webapp import create_app
from webapp.clock import now_ms
from webapp.jobs.cards import make_card
from webapp.jobs.child import do_work
from webapp.jobs.claims import claim_oldest
from webapp.jobs.queue import list_jobs
from webapp.jobs.work import WORK
from webapp.predictions.queries import find_request

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

    from webapp.store.session import Store

# MLflow 3.17.2 against SQLAlchemy 2.1, and what MLflow says of its own type hints when it is imported.
pytestmark = [
    pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:sqlalchemy.exc.SADeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType:UserWarning"),
]

SPEC = second_spec()
GRAPH_RUN = "d" * 32
WHY = "no graph can be written for a GaussianNB"


@dataclass(frozen=True)
class Trained:
    """What a training left behind in a folder of its own."""

    settings: Settings
    result: TrainingResult

    @property
    def pipeline(self) -> Any:
        """The fitted pipeline, as people's own scripts load it."""
        return joblib.load(self.settings.artifact_root / f"{SPEC.name}-v1.joblib")


@pytest.fixture(scope="module")
def trained(migrated_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    folder = tmp_path_factory.mktemp("apart")
    shutil.copyfile(migrated_template, folder / "proctor.sqlite")
    pump_rows(150).to_csv(folder / "pumps.csv", index=False)
    settings = Settings(
        database_url=f"sqlite:///{folder / 'proctor.sqlite'}", queue_url=f"sqlite:///{folder / 'queue.sqlite'}",
        artifact_root=folder / "models", data_dir=folder / "data", reports_dir=folder / "reports",
        spec_path=SECOND_SPEC_PATH, raw_data=folder / "pumps.csv", embedded_worker=False, first_training=False,
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ml.train.families, "FAMILIES", {**FAMILIES, UNWRITTEN.name: UNWRITTEN})
        return Trained(settings, train(settings, TrainingRequest(UNWRITTEN.name, folds=2, repeats=1)))


@pytest.fixture
def site(trained: Trained, tmp_path: Path) -> Iterator[Flask]:
    """A site on a copy of that store; whatever it has started has ended afterwards."""
    store = tmp_path / "proctor.sqlite"
    copy_store(trained.settings.database_url.removeprefix("sqlite:///"), store)
    changes = {"database_url": f"sqlite:///{store}", "data_dir": tmp_path, "queue_url": f"sqlite:///{tmp_path / 'q'}"}
    app = create_app(Settings(**(vars(trained.settings) | changes)))
    yield app
    holder = app.extensions["proctor_champion"]
    if holder.served.champion:
        holder.served.champion.predictor.engine.close()
    app.extensions["proctor_store"].close()


def copy_store(path: str, copy: Path) -> None:
    """Copy a store that somebody has open: some of it is in its write-ahead log."""
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


@pytest.fixture
def rows(trained: Trained) -> list[dict[str, Any]]:
    assert trained.settings.raw_data
    table = clean_records(read_table(trained.settings.raw_data)[0], SPEC).table.head(40)
    features = table[list(SPEC.feature_names)].astype(object)
    return [{str(name): cell for name, cell in row.items()} for row in
            features.where(features.notna(), None).to_dict(orient="records")]  # fmt: skip


def expected(trained: Trained, rows: list[dict[str, Any]]) -> list[dict[str, float]]:
    """What the pipeline says of each row, by class."""
    pipeline = trained.pipeline
    shares = pipeline.predict_proba(rows_frame(rows, SPEC)).tolist()
    return [dict(zip(pipeline.classes_.tolist(), row, strict=True)) for row in shares]


def ask(app: Flask, rows: list[dict[str, Any]], **members: Any) -> Any:
    answer = app.test_client().post("/api/v1/predictions", json={"rows": rows, **members})
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def pid_of(app: Flask) -> int:
    pid = app.extensions["proctor_champion"].served.champion.predictor.engine.pid
    assert isinstance(pid, int)
    return pid


def add_graph(app: Flask, settings: Settings) -> None:
    """Register version 2, of which there is a graph."""
    table = clean_records(pump_rows(150), SPEC).table
    content = export_model(fit_family(FAMILIES["logistic_regression"], table, SPEC, 0), SPEC)
    with app.extensions["proctor_store"].write() as conn:
        shutil.rmtree(settings.artifact_root / "student_performance" / GRAPH_RUN, ignore_errors=True)
        folder = write_trained_run(conn, settings.artifact_root, GRAPH_RUN, make_evaluation())
        write_version(conn, 2, GRAPH_RUN, content, folder, name=SPEC.name)


def promote(app: Flask, version: int) -> None:
    with app.extensions["proctor_store"].write() as conn:
        write_alias(conn, "champion", version, SPEC.name)


def test_it_is_registered_and_says_that_no_graph_can_be_written(trained: Trained) -> None:
    result = trained.result
    assert (result.version, result.aliases, result.refusal, result.no_graph) == (1, ("champion",), "", WHY)


def test_every_page_about_it_says_who_answers_and_why(site: Flask, trained: Trained) -> None:
    visitor = visit_as_admin(site)
    pages = [visitor.get(path).text for path in (f"/runs/{trained.result.run_id}", f"/models/{SPEC.name}/1")]
    said = f"scikit-learn answers with it, in a process apart from this site: {WHY}."
    assert [said in page for page in pages] == [True, True]
    assert [find_faults(page) for page in pages] == [[], []]


def test_the_card_of_its_job_says_so_too(site: Flask) -> None:
    with site.test_request_context(), site.extensions["proctor_store"].read() as conn:
        job = replace(list_jobs(conn, 1)[0], result={"no_graph": WHY})
        assert WHY in render_template("admin/job.html", page=make_card(conn, job, now_ms(), is_admin=False))


def test_the_command_line_says_so_too(trained: Trained) -> None:
    assert f"scikit-learn answers by it, in a process apart: {WHY}" in tabulate(trained.result).splitlines()
    assert describe(trained.result)["no_graph"] == WHY


def test_the_api_answers_as_the_pipeline_does(site: Flask, trained: Trained, rows: list[dict[str, Any]]) -> None:
    found = ask(site, rows)
    shares = expected(trained, rows)
    for answer, row in zip(found["predictions"], shares, strict=True):
        assert answer["probabilities"] == pytest.approx(row, abs=1e-12)
        assert answer["class"] == max(row, key=row.__getitem__)


def test_the_form_answers_as_the_pipeline_does(site: Flask, trained: Trained, rows: list[dict[str, Any]]) -> None:
    row = next(row for row in rows if None not in row.values())
    answer = visit(site).send("/predict", **{f"column-{i}": str(cell) for i, cell in enumerate(row.values())})
    assert answer.status_code == 200
    (number,) = {text[:32] for text in answer.text.split("<code>")[1:] if text[32:].startswith("</code>")}
    with site.extensions["proctor_store"].read() as conn:
        kept = find_request(conn, number)
    assert kept
    (shares,) = expected(trained, [row])
    assert dict(zip(kept.classes, kept.rows[0].shares, strict=True)) == pytest.approx(shares, abs=1e-12)


def test_mlflows_protocol_answers_as_the_pipeline_does(
    site: Flask, trained: Trained, rows: list[dict[str, Any]]
) -> None:
    answer = site.test_client().post("/invocations", json={"dataframe_records": rows}).get_json()
    assert answer["predictions"] == trained.pipeline.predict(rows_frame(rows, SPEC)).tolist()


def test_it_is_explained_by_the_rows_beside_it(site: Flask, rows: list[dict[str, Any]]) -> None:
    found = ask(site, rows[:1], explain=True)["predictions"][0]
    why, shares = found["explanation"], found["probabilities"]
    for name, share in shares.items():
        pushes = sum(column[name] for column in why["contributions"].values())
        assert why["base"][name] + pushes == pytest.approx(share, abs=1e-9)


def test_a_file_is_answered_in_a_process_of_its_job_which_ends_with_it(
    site: Flask, trained: Trained, rows: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    visitor, store = visit_as_admin(site), site.extensions["proctor_store"]
    data = {"csrf_token": visitor.token(), "form": "csv", "file": (io.BytesIO(text.getvalue().encode()), "rows.csv")}
    address = visitor.client.post("/predict/files", data=data, content_type="multipart/form-data").location
    started = note_starts(monkeypatch)
    while not started:
        work(store, site.extensions["proctor_settings"])
    result = visitor.get(f"{address}/result", buffered=True)
    found = list(csv.DictReader(io.StringIO(result.text)))
    for row, shares in zip(found, expected(trained, rows), strict=True):
        assert {name: float(row[f"p.{name}"]) for name in shares} == pytest.approx(shares, abs=1e-6)
    assert len(started) == 1
    assert has_ended(started[0])


def note_starts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note the numbers of the processes that are started to answer from now on."""
    started: list[int] = []

    class Noting(ml.serve.apart.engine.Process):
        def __init__(self, content: bytes, seconds: float) -> None:
            super().__init__(content, seconds)
            started.append(self.pid)

    monkeypatch.setattr(ml.serve.apart.engine.ProcessEngine.__init__, "__defaults__", (30.0, Noting))
    return started


def work(store: Store, settings: Settings) -> None:
    """Do the oldest job here, as its child process would."""
    claimed = claim_oldest(store, "w", now_ms())
    assert claimed
    claim, found = claimed
    assert do_work(store, settings, claim, found, WORK[found.kind]) == 0


def test_a_killed_process_costs_nobody_an_answer(site: Flask, rows: list[dict[str, Any]]) -> None:
    before, killed = ask(site, rows)["predictions"], pid_of(site)
    os.kill(killed, signal.SIGKILL)
    assert ask(site, rows)["predictions"] == before
    assert has_ended(killed)


def test_a_process_that_does_not_come_back_is_said_to_be_away(site: Flask, rows: list[dict[str, Any]]) -> None:
    ask(site, rows[:1])
    engine = site.extensions["proctor_champion"].served.champion.predictor.engine
    engine._content = b"PK\x03\x04"  # noqa: SLF001 - what cannot be started again
    os.kill(pid_of(site), signal.SIGKILL)
    client = site.test_client()
    answer = client.post("/api/v1/predictions", json={"rows": rows[:1]})
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert "is being started again" in answer.get_json()["detail"]
    assert int(answer.headers["Retry-After"]) > 0
    row = {f"column-{i}": "" if cell is None else str(cell) for i, cell in enumerate(rows[0].values())}
    page = visit(site).send("/predict", **row)
    assert page.status_code == 503
    assert "The model does not answer at the moment" in page.text
    assert client.post("/invocations", json={"dataframe_records": rows[:1]}).status_code == 503
    assert client.get("/api/v1/model").status_code == 200


def test_requests_that_come_at_once_wait_for_one_process(
    site: Flask, rows: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    started = note_starts(monkeypatch)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: ask(site, rows[:1])["model_version"], range(4)))
    assert (found, len(started)) == ([1] * 4, 1)


def test_bytes_that_are_not_the_registered_ones_start_nothing(
    site: Flask, trained: Trained, rows: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = trained.settings.artifact_root / SPEC.name / trained.result.run_id / "artifacts" / "serving" / "model.skops"
    good = path.read_bytes()
    started = note_starts(monkeypatch)
    path.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    try:
        assert site.test_client().post("/api/v1/predictions", json={"rows": rows[:1]}).status_code == 503
    finally:
        path.write_bytes(good)
    assert started == []


def test_its_process_ends_when_another_version_answers(
    site: Flask, trained: Trained, rows: list[dict[str, Any]]
) -> None:
    ask(site, rows[:1], explain=True)
    pid = pid_of(site)
    assert is_running(pid)
    add_graph(site, trained.settings)
    promote(site, 2)
    assert ask(site, rows[:1])["model_version"] == 2
    assert has_ended(pid)


def test_the_last_model_answers_while_the_process_is_started(
    site: Flask, trained: Trained, rows: list[dict[str, Any]]
) -> None:
    add_graph(site, trained.settings)
    promote(site, 2)
    assert ask(site, rows[:1])["model_version"] == 2
    promote(site, 1)
    began = time.monotonic()
    assert ask(site, rows[:1])["model_version"] == 2
    assert time.monotonic() - began < 1  # less than it takes to import scikit-learn
    wait_until(lambda: ask(site, rows[:1])["model_version"] == 1, 30)
    (shares,) = expected(trained, rows[:1])
    assert ask(site, rows[:1])["predictions"][0]["probabilities"] == pytest.approx(shares, abs=1e-12)


@pytest.mark.slow
def test_promotions_and_kills_under_clients_cost_nobody_an_answer(
    site: Flask, trained: Trained, rows: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    started = note_starts(monkeypatch)
    add_graph(site, trained.settings)
    shares: dict[int, Any] = {1: expected(trained, rows[:1])[0]}
    is_over, wrong, seen = threading.Event(), [], Counter[int]()

    def ask_on() -> None:
        client = site.test_client()
        while not is_over.is_set():
            answer = client.post("/api/v1/predictions", json={"rows": rows[:1]})
            found = answer.get_json()
            version = found.get("model_version")
            seen[version] += 1
            told = found["predictions"][0]["probabilities"] if answer.status_code == 200 else None
            if told is None or told != pytest.approx(shares.setdefault(version, told), abs=1e-12):
                wrong.append(answer.text)

    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(ask_on) for _ in range(4)]
        for _ in range(5):
            promote(site, 1)
            count = seen[1]
            wait_until(lambda: seen[1] > count + 20, 30)  # noqa: B023 - waited for here
            os.kill(pid_of(site), signal.SIGKILL)
            time.sleep(0.5)
            promote(site, 2)
            count = seen[2]
            wait_until(lambda: seen[2] > count + 20, 30)  # noqa: B023
        is_over.set()
        for item in done:
            item.result()
    assert (wrong, seen[1] > 100, seen[2] > 100) == ([], True, True)
    assert [pid for pid in started if not has_ended(pid)] == []


ANSWER = """
import json, sys
from webapp import create_app
app = create_app()
answer = app.test_client().post("/api/v1/predictions", json={"rows": json.loads(sys.argv[1]), "explain": True})
print(json.dumps([answer.status_code, sorted(sys.modules)]))
"""


def test_the_web_process_that_answers_by_it_loads_no_scikit_learn(site: Flask, rows: list[dict[str, Any]]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ANSWER, json.dumps(rows[:1])], cwd=ROOT,
        env=write_settings(site.extensions["proctor_settings"]), capture_output=True, text=True, check=True,
    )  # fmt: skip
    status, modules = json.loads(done.stdout)
    assert status == 200
    assert {"sklearn", "pandas", "scipy", "skops", "joblib", "mlflow"} & set(modules) == set()
