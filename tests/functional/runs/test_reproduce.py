"""Making a run again, from its page: the button, the job, what both pages say."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from ml.examination import Examination
from ml.examination.reproduction import REPRODUCED_BY, Change, Reproduction
from ml.results import to_json
from tests.builders.accounts import visit, visit_with_role
from tests.builders.runs import make_evaluation, write_trained_run
from tests.builders.stores import write_experiment, write_run, write_tag
from webapp.clock import now_ms
from webapp.jobs.claims import claim_oldest, finish_job
from webapp.jobs.queue import list_jobs
from webapp.store import mlflow_tables as mlflow

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from ml.settings import Settings
    from webapp.jobs.queue import Job
    from webapp.store.session import Store

ORIGINAL, AGAIN, UNDONE = "a" * 32, "b" * 32, "c" * 32
FOREIGN = "f" * 32
IDENTICAL = Reproduction(ORIGINAL, "calm-run", True, True, 6660, 6660, 0.0, 0.0, 0.0, ())  # noqa: FBT003 - in order
CHANGES = (
    Change("code", "0" * 40, "1" * 40 + "+abcdef"),
    Change("library", "2.3.0", "2.4.6", "numpy"),
    Change("package", "", "9.1", "rich"),
)
DIFFERS = replace(
    IDENTICAL, is_identical=False, largest_difference=0.0123, changed_answers=0.04, changed_folds=0.0, changes=CHANGES
)


@pytest.fixture
def store(app: Flask, settings: Settings) -> Store:
    """A run that says what it was made from."""
    store: Store = app.extensions["proctor_store"]
    with store.write() as conn:
        write_experiment(conn)
        write_trained_run(conn, settings.artifact_root, ORIGINAL, make_evaluation())
        write_run(conn, FOREIGN, name="from elsewhere")
        for key, value in {
            "dataset": "student_performance", "dataset_sha256": "d" * 64, "code_version": "e" * 40,
            "versions": json.dumps({"numpy": "2.4.6"}),
        }.items():  # fmt: skip
            write_tag(conn, ORIGINAL, f"proctor.{key}", value)
    return store


def write_reproduction(store: Store, settings: Settings, found: Reproduction, run_id: str = AGAIN) -> None:
    with store.write() as conn:
        folder = write_trained_run(conn, settings.artifact_root, run_id, make_evaluation(), name="again")
        write_tag(conn, run_id, "proctor.dataset", "student_performance")
        write_tag(conn, run_id, "proctor.dataset_sha256", "d" * 64)
        write_tag(conn, ORIGINAL, REPRODUCED_BY + run_id, found.verdict)
    document = json.dumps(to_json(Examination(reproduction=found)))
    (folder / "examination.json").write_text(document)


def section_of(client: FlaskClient, run_id: str, language: str = "en") -> str:
    page = client.get(f"/runs/{run_id}", headers={"Accept-Language": language}).text
    found = re.search(r'<section id="reproduce">.*?</section>', page, re.DOTALL)
    assert found, page
    return found[0]


def jobs_of(store: Store) -> tuple[Job, ...]:
    with store.read() as conn:
        return list_jobs(conn, 9)


@pytest.mark.usefixtures("store")
def test_an_original_says_what_it_takes_and_that_nobody_has_tried(client: FlaskClient) -> None:
    section = section_of(client, ORIGINAL)
    assert "Nobody has made this run again yet." in section
    assert f"python -m ml reproduce {ORIGINAL}" in section
    assert all(value in section for value in ("d" * 64, "e" * 40, "numpy 2.4.6", "<dd>582</dd>", "<dd>2 × 5</dd>"))
    assert "<form" not in section
    assert "Nadie ha repetido todavía esta ejecución." in section_of(client, ORIGINAL, "es")


def test_an_original_lists_those_that_made_it_again_and_got_to_the_end(
    client: FlaskClient, store: Store, settings: Settings
) -> None:
    write_reproduction(store, settings, DIFFERS)
    with store.write() as conn:
        write_run(conn, UNDONE, status="FAILED")
        write_tag(conn, ORIGINAL, REPRODUCED_BY + UNDONE, "identical")
    section = section_of(client, ORIGINAL)
    assert "Made again once, and the predictions differed." in section
    assert f'href="/runs/{AGAIN}#reproduce"' in section
    assert UNDONE not in section
    write_reproduction(store, settings, IDENTICAL, UNDONE[::-1].replace("c", "9"))
    assert "Made again 2 times; the predictions came out identical in 1 of them." in section_of(client, ORIGINAL)


def test_an_identical_run_says_so_in_both_languages(client: FlaskClient, store: Store, settings: Settings) -> None:
    write_reproduction(store, settings, IDENTICAL)
    section = section_of(client, AGAIN)
    assert re.search(r"verdict-good.*Identical.*All 6,660 out-of-fold predictions .* to the bit", section, re.DOTALL)
    assert "Nothing that was recorded of code, data and environment differs." in section
    assert f'href="/runs/{ORIGINAL}"' in section
    assert "Las 6660 predicciones fuera de pliegue han salido idénticas" in section_of(client, AGAIN, "es")


def test_a_run_that_differs_says_by_how_much_and_what_else_differs(
    client: FlaskClient, store: Store, settings: Settings
) -> None:
    write_reproduction(store, settings, DIFFERS)
    section = section_of(client, AGAIN)
    assert re.search(r"verdict-look.*probabilities by up to 0\.0123.*4\.00\xa0% of them", section, re.DOTALL)
    rows = re.findall(r'<th scope="row">([^<]*)</th><td title="[^"]*">([^<]*)</td><td title="[^"]*">([^<]*)<', section)
    assert rows == [
        ("Code version", "000000000000…", "111111111111…+abcdef"), ("numpy", "2.3.0", "2.4.6"), ("rich", "–", "9.1"),
    ]  # fmt: skip
    assert re.search(r"<details><summary>1 other package</summary>.*rich", section, re.DOTALL)
    spanish = section_of(client, AGAIN, "es")
    assert "hasta en 0,0123" in spanish


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (replace(IDENTICAL, is_exact=False), "to the six digits that the original kept"),
        (
            replace(DIFFERS, changes=(Change("predictions", "1" * 64, "2" * 64),)),
            "was 111111111111… and is 222222222222…",
        ),
        (replace(IDENTICAL, changes=CHANGES[:1]), "made no difference to the predictions"),
        (
            replace(DIFFERS, original_predictions=5, largest_difference=None, changed_answers=None, changed_folds=None),
            "cannot be set against the original&#39;s 5",
        ),
    ],
)
def test_each_outcome_has_its_words(
    client: FlaskClient, store: Store, settings: Settings, found: Reproduction, words: str
) -> None:
    write_reproduction(store, settings, found)
    assert words in section_of(client, AGAIN)


def test_a_run_of_another_dataset_cannot_be_asked_for_here(client: FlaskClient, store: Store) -> None:
    with store.write() as conn:
        conn.execute(update(mlflow.tags).where(mlflow.tags.c.key == "proctor.dataset").values(value="pumps"))
    section = section_of(client, ORIGINAL)
    assert "about another dataset" in section
    assert "python -m ml" not in section


def test_an_admin_asks_and_a_job_waits_that_says_what_it_is(app: Flask, store: Store) -> None:
    admin = visit_with_role(app, "admin", "grace")
    assert f'action="/runs/{ORIGINAL}/reproduce"' in section_of(admin.client, ORIGINAL)
    assert admin.send(f"/runs/{ORIGINAL}/reproduce").location == "/admin#job-1"
    (job,) = jobs_of(store)
    assert (job.kind, job.created_by) == ("reproduce", "grace")
    assert job.params == {"run_id": ORIGINAL, "family": "logistic_regression"}
    page = admin.get("/admin").text
    assert "Retrain exactly: Logistic regression · run aaaaaaaa" in page
    claimed = claim_oldest(store, "w", now_ms())
    assert claimed is not None
    assert "Compare with the original" in admin.get(f"/admin/jobs/{job.id}").text
    with store.write() as conn:
        finish_job(conn, claimed[0], {"run_id": AGAIN, "run_name": "again", "verdict": "differs"}, now_ms())
    card = admin.get(f"/admin/jobs/{job.id}").text
    assert re.search(r"state-look.*The predictions differ from the original&#39;s\.", card)
    assert f"/runs/{AGAIN}" in card


def test_a_run_without_our_report_is_refused_at_once(app: Flask, store: Store) -> None:
    admin = visit_with_role(app, "admin")
    answer = admin.send(f"/runs/{FOREIGN}/reproduce")
    assert (answer.status_code, answer.location) == (303, f"/runs/{FOREIGN}")
    assert "cannot be made again" in admin.get(f"/runs/{FOREIGN}").text
    assert admin.send(f"/runs/{'0' * 32}/reproduce").status_code == 404
    with store.write() as conn:
        conn.execute(update(mlflow.runs).where(mlflow.runs.c.run_uuid == ORIGINAL).values(status="FAILED"))
    assert admin.send(f"/runs/{ORIGINAL}/reproduce").location == f"/runs/{ORIGINAL}"
    assert jobs_of(store) == ()


@pytest.mark.usefixtures("store")
def test_only_an_admin_may_ask(app: Flask, store: Store) -> None:
    assert visit(app).send(f"/runs/{ORIGINAL}/reproduce").location.startswith("/login")
    assert visit_with_role(app, "reader").send(f"/runs/{ORIGINAL}/reproduce").status_code == 403
    assert jobs_of(store) == ()
