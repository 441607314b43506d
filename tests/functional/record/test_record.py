"""A run's record: its note, the line from data to predictions, its surroundings, params, tags and metrics."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import column, insert, select, table, text

from tests.builders.accounts import Visitor, visit, visit_with_role
from tests.builders.pages import find_faults
from tests.builders.runs import make_evaluation, write_alias, write_trained_run, write_version
from tests.builders.stores import write_experiment, write_metric, write_run, write_tag
from webapp.record.notes import fingerprint
from webapp.runs.edit.keys import LONGEST_NOTE, NOTE_TAG
from webapp.store import mlflow_tables as mlflow
from webapp.store.tables import event

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy import Connection

    from ml.settings import Settings
    from webapp.store.session import Store

OURS, FOREIGN, CHILD = "a" * 32, "f" * 32, "c" * 32
NOTE = "# Why\n\nSee [this](https://e.org) <b>not bold</b>"


@pytest.fixture
def store(app: Flask, settings: Settings) -> Store:
    """A run of ours that answers here, and one of others with a child."""
    store: Store = app.extensions["proctor_store"]
    with store.write() as conn:
        write_experiment(conn)
        folder = write_trained_run(conn, settings.artifact_root, OURS, make_evaluation())
        write_version(conn, 1, OURS, b"x", folder)
        write_alias(conn, "champion", 1)
        tags = {
            "dataset": "student_performance", "dataset_sha256": "d" * 64, "dataset_rows": "666", "python": "3.11.9",
            "versions": json.dumps({"numpy": "2.4.6"}), "code_version": "e" * 40,
        }  # fmt: skip
        for key, value in tags.items():
            write_tag(conn, OURS, f"proctor.{key}", value)
        write_run(conn, FOREIGN, name="sweep", user_id="bob", source_name="old.py", start_time=0, end_time=90_000)
        write_run(conn, CHILD, name="one of it")
        write_tag(conn, CHILD, "mlflow.parentRunId", FOREIGN)
    return store


def section_of(client: FlaskClient | Visitor, run_id: str, name: str = "record") -> str:
    page = client.get(f"/runs/{run_id}").text
    assert find_faults(page) == []
    found = re.search(rf'<section id="{name}">.*?</section>', page, re.DOTALL)
    return found[0] if found else ""


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def line_of(html: str) -> list[str]:
    found = re.search(r'<ol class="line">(.*?)</ol>', html, re.DOTALL)
    assert found
    return [text_of(step) for step in found[1].split("<li>")[1:]]


def add(conn: Connection, name: str, /, **values: object) -> None:
    """Write a row of one of MLflow's tables."""
    row = values | ({"experiment_id": 0} if name in {"datasets", "logged_models"} else {})
    conn.execute(insert(table(name, *map(column, row))).values(row))


# ── the note ─────────────────────────────────────────────────────────────────
def write(admin: Visitor, typed: str, made_from: str = "") -> int:
    fields = {"note": typed, "made_from": fingerprint(made_from)}
    return admin.send(f"/runs/{FOREIGN}/note", **fields).status_code


def note_of(store: Store) -> str | None:
    with store.read() as conn:
        found = select(mlflow.tags.c.value).where(mlflow.tags.c.run_uuid == FOREIGN, mlflow.tags.c.key == NOTE_TAG)
        return conn.execute(found).scalar()


def test_a_note_is_shown_as_markdown_and_harmless(client: FlaskClient, store: Store) -> None:
    with store.write() as conn:
        write_tag(conn, FOREIGN, NOTE_TAG, NOTE)
    note = section_of(client, FOREIGN, "note")
    assert "<h3>Why</h3>" in note
    assert "&lt;b&gt;not bold&lt;/b&gt;" in note
    assert 'rel="noopener noreferrer nofollow"' in note
    assert "<form" not in note
    assert NOTE_TAG not in section_of(client, FOREIGN)


@pytest.mark.usefixtures("store")
def test_a_run_without_note_offers_one_to_admins_alone(app: Flask, client: FlaskClient) -> None:
    assert section_of(client, FOREIGN, "note") == ""
    assert "Write a note" in section_of(visit_with_role(app, "admin"), FOREIGN, "note")


def test_an_admin_writes_changes_and_removes_it_and_all_is_kept_in_the_log(app: Flask, store: Store) -> None:
    admin = visit_with_role(app, "admin", "grace")
    answer = admin.send(f"/runs/{FOREIGN}/note", note="one\r\ntwo  \n", made_from=fingerprint(""))
    assert (answer.status_code, answer.location) == (303, f"/runs/{FOREIGN}#note")
    assert note_of(store) == "one\ntwo"
    assert write(admin, "three", "one\ntwo") == 303
    assert write(admin, "three", "three") == 303
    assert note_of(store) == "three"
    assert write(admin, " ", "three") == 303
    assert note_of(store) is None
    with store.read() as conn:
        events = conn.execute(select(event).where(event.c.action == "note").order_by(event.c.id)).all()
    assert [(row.user_name, row.subject) for row in events] == [("grace", f"run {FOREIGN}")] * 3
    assert json.loads(events[1].detail) == {"before": "one\ntwo", "after": "three"}


def test_a_note_that_is_too_long_loses_nothing(app: Flask, store: Store) -> None:
    admin = visit_with_role(app, "admin")
    typed = "<b>" + "x" * LONGEST_NOTE
    answer = admin.send(f"/runs/{FOREIGN}/note", note=typed, made_from=fingerprint(""))
    assert answer.status_code == 422
    assert find_faults(answer.text) == []
    assert "The note has 5,003 characters, and 5,000 is the most." in answer.text
    assert f"\n{typed}</textarea>" in unescape(answer.text)
    assert note_of(store) is None
    assert write(admin, "x" * LONGEST_NOTE) == 303


def test_two_who_edit_at_once_see_both(app: Flask, store: Store) -> None:
    admin = visit_with_role(app, "admin")
    with store.write() as conn:
        write_tag(conn, FOREIGN, NOTE_TAG, "theirs <i>")
    answer = admin.send(f"/runs/{FOREIGN}/note", note="mine", made_from=fingerprint(""))
    assert answer.status_code == 409
    assert find_faults(answer.text) == []
    assert re.search(r"As it is now.*theirs &lt;i&gt;</pre>.*\nmine</textarea>", answer.text, re.DOTALL)
    assert f'name="made_from" value="{fingerprint("theirs <i>")}"' in answer.text
    assert note_of(store) == "theirs <i>"
    assert write(admin, "both", "theirs <i>") == 303


@pytest.mark.usefixtures("store")
def test_only_an_admin_writes_and_only_to_a_run_that_is_there(app: Flask, store: Store) -> None:
    assert write(visit_with_role(app, "reader"), "x") == 403
    assert visit(app).send(f"/runs/{FOREIGN}/note", note="x").location.startswith("/login")
    admin = visit_with_role(app, "admin", "grace")
    assert admin.client.post(f"/runs/{FOREIGN}/note", data={"note": "x"}).status_code == 400
    assert admin.send(f"/runs/{'9' * 32}/note", note="x", made_from=fingerprint("")).status_code == 404
    with store.write() as conn:
        conn.execute(text("UPDATE runs SET lifecycle_stage = 'deleted' WHERE run_uuid = :id"), {"id": FOREIGN})
    assert write(admin, "x") == 404
    assert note_of(store) is None


# ── the line ─────────────────────────────────────────────────────────────────
@pytest.mark.usefixtures("store")
def test_the_line_of_a_run_that_answers_here(client: FlaskClient) -> None:
    section = section_of(client, OURS)
    assert line_of(section) == [
        "Data student_performance 666 rows · sha256 dddddddddddd…",
        "Run calm-run Logistic regression",
        "Model student_performance, version 1 champion",
        "Predictions Answers here today, as version 1 champion",
    ]
    for href in ("/data", "/models#version-1", "/predict"):
        assert f'href="{href}"' in section


def test_the_line_of_a_version_that_no_longer_answers(client: FlaskClient, store: Store, settings: Settings) -> None:
    with store.write() as conn:
        folder = write_trained_run(conn, settings.artifact_root, "b" * 32, make_evaluation())
        write_version(conn, 2, "b" * 32, b"y", folder)
        write_alias(conn, "champion", 2)
    assert line_of(section_of(client, OURS))[3] == "Predictions None today: version 2 answers."


@pytest.mark.usefixtures("store")
def test_the_line_of_parent_and_child(client: FlaskClient) -> None:
    parent, child = section_of(client, FOREIGN), section_of(client, CHILD)
    assert line_of(parent) == [
        "Data Nobody recorded what it saw.", "Run sweep this run 1 child one of it", "Model No version was registered.",
        "Predictions None are made with it here.",
    ]  # fmt: skip
    assert f'href="/runs/{CHILD}"' in parent
    assert line_of(child)[1] == "Run one of it this run sweep its parent"
    assert f'href="/runs/{FOREIGN}"' in child


def test_kin_that_was_deleted_is_named_without_a_link(client: FlaskClient, store: Store) -> None:
    with store.write() as conn:
        write_tag(conn, OURS, "proctor.reproduces", "9" * 32)
        conn.execute(text("UPDATE runs SET lifecycle_stage = 'deleted' WHERE run_uuid = :id"), {"id": CHILD})
    assert "99999999 which this one makes again, not in this store or deleted" in line_of(section_of(client, OURS))[1]
    assert "child" not in line_of(section_of(client, FOREIGN))[1]


def test_what_mlflow_noted_as_input_and_output_is_in_the_line(client: FlaskClient, store: Store) -> None:
    web = {"dataset_source_type": "http", "dataset_source": '{"url": "https://e.org/i.csv"}'}
    odd = {"dataset_source_type": "code", "dataset_source": "["}
    times = {"creation_timestamp_ms": 0, "last_updated_timestamp_ms": 0, "status": 2, "lifecycle_stage": "active"}
    used = {"source_type": "DATASET", "destination_type": "RUN", "destination_id": FOREIGN, "step": 0}
    made = {"source_type": "RUN_OUTPUT", "source_id": FOREIGN, "destination_type": "MODEL_OUTPUT", "step": 0}
    with store.write() as conn:
        add(conn, "datasets", dataset_uuid="d", name="iris", digest="8f2c", dataset_profile='{"num_rows": 150}', **web)
        add(conn, "datasets", dataset_uuid="e", name="odd", digest="9a", **odd)
        add(conn, "logged_models", model_id="m-1", name="net", artifact_location="/x", **times)
        add(conn, "inputs", input_uuid="i", source_id="d", **used)
        add(conn, "inputs", input_uuid="j", source_id="e", **used)
        add(conn, "inputs", input_uuid="k", destination_id="m-1", **made)
        add(conn, "input_tags", input_uuid="i", name="mlflow.data.context", value="training")
    data, _run, model, _predictions = line_of(section_of(client, FOREIGN))
    assert data == "Data iris 150 rows · training · 8f2c · https://e.org/i.csv odd 9a · code"
    assert model == "Model net logged, not registered · m-1"


# ── surroundings, params, tags, metrics ──────────────────────────────────────
@pytest.mark.usefixtures("store")
def test_the_surroundings_of_a_run_of_ours(client: FlaskClient) -> None:
    said = text_of(section_of(client, OURS))
    for words in (f"Run id {OURS}", "Experiment Default (0)", f"Code {'e' * 40}", "Python 3.11.9", "numpy 2.4.6"):
        assert words in said


def test_the_surroundings_of_a_run_of_others(client: FlaskClient, store: Store, settings: Settings) -> None:
    folder = settings.artifact_root / "7" / FOREIGN / "artifacts"
    (folder / "model").mkdir(parents=True)
    (folder / "model" / "python_env.yaml").write_text("python: 3.12.4\nbuild_dependencies: []\n")
    (folder / "model" / "requirements.txt").write_text("torch==2.9.0\nnumpy>=2\nscikit-learn[x]==1.9\n")
    tags = {"source.git.commit": "c0ffee", "source.git.dirty": "true", "source.git.branch": "main", "user": "bob"}
    with store.write() as conn:
        conn.execute(
            text("UPDATE runs SET artifact_uri = :uri WHERE run_uuid = :id"), {"uri": str(folder), "id": FOREIGN}
        )
        for key, value in tags.items():
            write_tag(conn, FOREIGN, f"mlflow.{key}", value)
    said = text_of(section_of(client, FOREIGN))
    for words in (
        "Began 1970-01-01 00:00 UTC", "Took 1 min 30 s", "By bob", "Source old.py", "Code c0ffee, with changes",
        "Branch main", "Python 3.12.4", "Libraries torch 2.9.0, scikit-learn 1.9",
    ):  # fmt: skip
        assert words in said


def test_values_that_are_no_numbers_are_said_as_that(client: FlaskClient, store: Store) -> None:
    values = {"a": 0.123456789, "grows": 1.7976931348623157e308, "shrinks": -1.7976931348623157e308, "system/cpu": 7.0}
    with store.write() as conn:
        for key, value in values.items():
            write_metric(conn, FOREIGN, key, value)
        write_metric(conn, FOREIGN, "bad", 0.0, is_nan=True)
    section = section_of(client, FOREIGN)
    cells = re.findall(r'<bdi>([\w/]+)</bdi></th><td class="n" title="([^"]+)">([^<]+)<', section)
    assert cells == [
        ("a", "0.123456789", "0.123457"), ("bad", "nan", "NaN"), ("grows", "inf", "∞"), ("shrinks", "-inf", "−∞"),
        ("system/cpu", "7.0", "7"),
    ]  # fmt: skip
    assert "Metrics (4)" in section
    assert "What the machine was doing (1)" in section


def test_a_score_of_ours_stands_in_no_table_without_company(client: FlaskClient, store: Store) -> None:
    assert "Last value" not in section_of(client, OURS)


def test_params_and_tags_are_whole_and_in_the_order_of_their_numbers(client: FlaskClient, store: Store) -> None:
    long = json.dumps({f"key {number}": "שלום 🙂 <script>" for number in range(150)}, ensure_ascii=False)
    with store.write() as conn:
        for key, value in {"layer 10": "x", "layer 2": "", "config": long}.items():
            conn.execute(insert(mlflow.params).values(run_uuid=FOREIGN, key=key, value=value))
        write_tag(conn, FOREIGN, "many lines", "a\nb\nc\nd\ne")
    section = section_of(client, FOREIGN)
    assert re.findall(r"<bdi>(config|layer \d+)</bdi></th>", section) == ["config", "layer 2", "layer 10"]
    assert f'aria-label="config" dir="auto">{long}</div>' in unescape(section)
    assert 'aria-label="many lines" dir="auto">a\nb\nc\nd\ne</div>' in section
    assert "Parameters (3)" in section
