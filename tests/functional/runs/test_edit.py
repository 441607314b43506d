"""The pages on which admins change many runs, and those of runs that are archived or deleted."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.builders.accounts import visit_with_role
from tests.builders.pages import find_faults
from tests.builders.runs import write_alias, write_version
from tests.builders.stores import write_experiment, write_run, write_tag
from tests.builders.ticks import IDS, ONE, TWO, write_full_run
from webapp.clock import now_ms
from webapp.jobs.child import do_work
from webapp.jobs.claims import claim_oldest
from webapp.jobs.work import WORK

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from ml.settings import Settings
    from tests.builders.accounts import Visitor
    from webapp.store.session import Store

NASTY = "<script>alert(1)</script> 'é' \u202eabc 🌲"
TABLE = "/runs?sort=-metrics.auc&column=tags.team"


@pytest.fixture
def store(app: Flask, settings: Settings) -> Store:
    store: Store = app.extensions["proctor_store"]
    with store.write() as conn:
        write_experiment(conn)
        for place, run_id in enumerate(IDS):
            write_full_run(conn, settings.artifact_root, run_id, f"run {place}", start_time=place)
    return store


@pytest.fixture
def admin(app: Flask, store: Store) -> Visitor:
    return visit_with_role(app, "admin", name="ada")


def send(visitor: Visitor, action: str, *ids: str, **fields: str):  # noqa: ANN201
    """Send one of the forms of the page about some runs."""
    return visitor.send(f"/runs/edit/{action}", run=list(ids), **{"return": TABLE} | fields)


def confirm(visitor: Visitor, *ids: str, typed: str = ""):  # noqa: ANN201
    count = len(ids)
    return send(visitor, "delete", *ids, **{"delete-confirm": typed or f"delete {count} run{'s' * (count != 1)}"})


def do_last_job(store: Store, settings: Settings) -> None:
    """Do the last job as the worker's process does it."""
    claimed = claim_oldest(store, "me", now_ms())
    assert claimed is not None
    assert do_work(store, settings, claimed[0], claimed[1], WORK[claimed[1].kind]) == 0


def test_admins_alone_are_offered_to_change_what_they_tick(app: Flask, admin: Visitor, client: FlaskClient) -> None:
    button = 'formaction="/runs/edit" name="return" value="/runs?sort=-metrics.auc&amp;column=tags.team"'
    assert button in admin.get(TABLE).text
    assert "/runs/edit" not in client.get(TABLE).text
    assert "/runs/archived" in client.get(TABLE).text


def test_the_page_lists_what_was_ticked_and_names_what_is_gone(store: Store, admin: Visitor) -> None:
    with store.write() as conn:
        for place in range(22):
            write_run(conn, f"{place:032x}", name=f"more {place}")
    ids = [f"{place:032x}" for place in range(22)]
    page = admin.get("/runs/edit", query_string={"run": [*ids, "nowhere", ids[0]], "return": TABLE}).text
    assert find_faults(page) == []
    assert "Edit 22 runs" in page
    assert page.count("<code>") == 20
    assert "and 2 more" in page
    assert "gone, and nothing happens to it: nowhere" in page
    assert f'href="{TABLE}"'.replace("&", "&amp;") in page


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_way_back_leads_to_this_site(admin: Visitor, wanted: str) -> None:
    page = admin.get("/runs/edit", query_string={"run": ONE, "return": wanted}).text
    assert set(re.findall(r'name="return" value="([^"]+)"', page)) == {"/runs"}
    assert admin.send("/runs/edit/archive", run=ONE, **{"return": wanted}).location == "/runs"


def test_more_than_the_most_are_refused_whole(admin: Visitor) -> None:
    ids = [ONE, *(f"{place:032x}" for place in range(500))]
    shown = admin.get("/runs/edit", query_string={"run": ids})
    sent = send(admin, "archive", *ids)
    for answer in (shown, sent):
        assert answer.status_code == 422
        assert "501 runs are ticked, and 500 at once is the most." in answer.text
        assert find_faults(answer.text) == []
    assert "run 0" in admin.get("/runs").text


def test_nothing_ticked_says_what_to_do(admin: Visitor) -> None:
    assert "Tick runs in the table" in admin.get("/runs/edit").text


def test_a_tag_shows_in_the_table_at_once_and_in_the_log(admin: Visitor) -> None:
    answer = send(admin, "tag", ONE, TWO, **{"tag-key": "team", "tag-value": "seen by ada"})
    assert (answer.status_code, answer.location) == (303, TABLE)
    page = admin.get(TABLE).text
    assert "The tag is set on 2 runs." in page
    assert page.count('<td class="cell-text" title="seen by ada">') == 2
    log = unescape(admin.get("/admin").text)
    assert "tagged 2 runs <small>team = seen by ada · run 0, run 1</small>" in log


def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(admin: Visitor) -> None:
    answer = send(admin, "tag", ONE, **{"tag-key": "proctor.audit", "tag-value": "clean"})
    assert answer.status_code == 422
    assert re.search(r'id="tag-key-error".*Proctor’s own', answer.text)
    assert 'value="clean"' in answer.text
    assert find_faults(answer.text) == []
    assert f'name="run" value="{ONE}"' in answer.text


def test_a_tag_that_none_has_is_said_and_those_that_some_have_are_offered(store: Store, admin: Visitor) -> None:
    answer = send(admin, "untag", ONE, **{"untag-key": "nothing"})
    assert re.search(r'id="untag-key-error".*None of these runs has the tag nothing', answer.text)
    assert re.findall(r'<option value="([^"]*)"></option>', answer.text) == ["team"]
    assert send(admin, "untag", ONE, **{"untag-key": "team"}).status_code == 303


def test_a_note_is_saved(store: Store, admin: Visitor) -> None:
    for text_, how in (("first", "add"), ("second", "add"), ("", "replace")):
        assert send(admin, "note", ONE, **{"note-text": text_, "note-how": how}).status_code == 303
    assert send(admin, "note", ONE, **{"note-text": " ", "note-how": "add"}).status_code == 422
    with store.read() as conn:
        assert conn.execute(text("SELECT value FROM tags WHERE key LIKE 'mlflow.note%'")).all() == []
    assert admin.get("/admin").text.count("wrote the note of 1 run") == 3


def test_an_archived_run_is_listed_with_who_archived_it_and_comes_back(admin: Visitor, client: FlaskClient) -> None:
    assert send(admin, "archive", ONE).status_code == 303
    assert "run 0" not in client.get("/runs").text
    page = client.get("/runs/archived").text
    assert re.search(r'run 0.*<td class="cell-text">ada</td>', page, re.DOTALL)
    assert 'type="checkbox"' not in page
    assert f'name="run" value="{ONE}"' in admin.get("/runs/archived").text
    assert send(admin, "restore", ONE, **{"return": "/runs/archived?q=run"}).location == "/runs/archived?q=run"
    assert "run 0" in client.get("/runs").text


def test_the_page_of_an_archived_run_says_so_and_offers_to_restore_it(admin: Visitor, client: FlaskClient) -> None:
    send(admin, "archive", ONE)
    for visitor, is_offered in ((admin, True), (client, False)):
        page = visitor.get(f"/runs/{ONE}").text
        assert "This run is archived" in page
        assert "<bdi>run 0</bdi>" in page
        assert ('action="/runs/edit/restore"' in page) is is_offered
        assert find_faults(page) == []
    send(admin, "restore", ONE, **{"return": f"/runs/{ONE}"})
    assert "is archived" not in client.get(f"/runs/{ONE}").text


def test_archived_runs_are_offered_what_can_be_done_with_them(admin: Visitor) -> None:
    send(admin, "archive", ONE)
    mixed = admin.get("/runs/edit", query_string={"run": [ONE, TWO]}).text
    assert [name for name in ("tag", "archive", "restore", "delete") if f"/runs/edit/{name}" in mixed] == [
        "archive",
        "restore",
        "delete",
    ]
    assert find_faults(mixed) == []


def test_an_archived_page_that_is_not_the_last_leads_on(store: Store, client: FlaskClient) -> None:
    with store.write() as conn:
        for place in range(26):
            write_run(conn, f"{place:032x}", name=f"old {place}", lifecycle_stage="deleted", deleted_time=place)
    page = client.get("/runs/archived?q=old").text
    assert "26 of 26 archived runs" in page
    following = re.search(r'href="([^"]+)" rel="next"', page)
    assert following is not None
    last = client.get(unescape(following[1])).text
    assert "old 0" in last
    assert "old 1<" not in last
    assert "No archived run has such a name" in client.get("/runs/archived?q=none").text


# ── deleting for good ────────────────────────────────────────────────────────
def test_nothing_is_deleted_before_the_number_and_the_word_are_typed(store: Store, admin: Visitor) -> None:
    with store.write() as conn:
        write_tag(conn, TWO, "mlflow.parentRunId", ONE)
    asked = send(admin, "delete", ONE)
    assert asked.status_code == 200
    for said in ("Delete 1 run for good?", "1 file, 5", "<code>delete 1 run</code>", "1 run was begun within these"):
        assert said in asked.text.replace("\N{NO-BREAK SPACE}", " ")
    assert find_faults(asked.text) == []
    for typed in ("delete", "delete 2 runs", "yes", " "):
        answer = confirm(admin, ONE, typed=typed)
        assert answer.status_code == 422
        assert "That is not what has to be typed" in answer.text
    assert "run 0" in admin.get("/runs").text
    assert "Nothing is running" in admin.get("/admin").text


def test_runs_are_deleted_by_a_job_that_says_what_it_did(store: Store, admin: Visitor, settings: Settings) -> None:
    answer = confirm(admin, ONE, TWO, typed="  Delete 2  RUNS ")
    assert (answer.status_code, answer.location) == (303, "/admin#job-1")
    queue = admin.get("/admin").text
    assert "Delete for good: 2 runs" in queue
    assert "Delete for good: 2 runs · run 0, run 1" in queue
    do_last_job(store, settings)
    page = admin.get("/admin").text.replace("\N{NO-BREAK SPACE}", " ")
    assert "2 runs are deleted for good, with 2 files of 10 B." in page
    assert "deleted 2 runs for good" in page
    assert "run deleted" not in page
    assert ONE not in admin.get("/runs").text
    gone = admin.get(f"/runs/{ONE}")
    assert gone.status_code == 410
    assert "ada had it deleted" in gone.text
    assert find_faults(gone.text) == []
    assert not (settings.artifact_root / "0" / ONE).exists()


def test_what_stays_behind_is_said(store: Store, admin: Visitor) -> None:
    with store.write() as conn:
        conn.execute(text("UPDATE runs SET status = 'RUNNING'"))
        conn.execute(
            text(
                "INSERT INTO logged_models (model_id, experiment_id, name, artifact_location, creation_timestamp_ms,"
                " last_updated_timestamp_ms, status, lifecycle_stage, source_run_id)"
                " VALUES ('m', 0, 'model', '/x', 1, 1, 2, 'active', :run_id)"
            ),
            {"run_id": ONE},
        )
    page = send(admin, "delete", ONE, TWO).text
    assert "2 of them are still running" in page
    assert "1 logged model stays" in page


def test_a_run_that_feeds_the_champion_cannot_be_deleted(store: Store, admin: Visitor, settings: Settings) -> None:
    with store.write() as conn:
        write_version(conn, 1, ONE, b"", settings.artifact_root / "0" / ONE / "artifacts")
        write_alias(conn, "champion", 1)
    page = send(admin, "delete", ONE).text
    assert "is not deleted: student_performance v1. Put another" in page
    assert "delete-confirm" not in page
    assert confirm(admin, ONE).status_code == 409
    assert "run 0" in admin.get("/runs").text


def test_the_page_says_what_becomes_of_other_versions(store: Store, admin: Visitor, settings: Settings) -> None:
    with store.write() as conn:
        write_version(conn, 1, ONE, b"", settings.artifact_root / "0" / ONE / "artifacts")
    page = send(admin, "delete", ONE).text
    assert "Their pages will say that the run is deleted" in page
    assert "delete-confirm" in page


def test_a_run_whose_artifacts_are_not_its_own_is_named(store: Store, admin: Visitor, settings: Settings) -> None:
    with store.write() as conn:
        conn.execute(text("UPDATE runs SET artifact_uri = :uri"), {"uri": str(settings.artifact_root)})
    page = send(admin, "delete", *IDS).text
    assert page.count("its artifacts lie in no folder of its own") == 3
    assert "delete-confirm" not in page
    assert confirm(admin, *IDS).status_code == 409


def test_the_words_of_strangers_stay_words(store: Store, admin: Visitor, client: FlaskClient) -> None:
    with store.write() as conn:
        write_run(conn, "e" * 32, name=NASTY)
        write_tag(conn, "e" * 32, "odd <b>", NASTY)
    pages = [admin.get("/runs/edit", query_string={"run": ["e" * 32, NASTY]}).text]
    pages.append(send(admin, "delete", "e" * 32).text)
    send(admin, "archive", "e" * 32)
    pages += [admin.get(path).text for path in ("/runs/archived", f"/runs/{'e' * 32}", "/admin")]
    for page in pages:
        assert find_faults(page) == []
        assert "<script>alert" not in page
        assert "alert(1)" in page


def test_spanish_people_type_spanish(admin: Visitor) -> None:
    asked = admin.client.post(
        "/runs/edit/delete", data={"csrf_token": admin.token(), "run": ONE}, headers={"Accept-Language": "es"}
    )
    assert find_faults(asked.text) == []


def test_no_job_is_left_for_a_form_without_its_token(admin: Visitor, client: FlaskClient) -> None:
    for action in ("tag", "untag", "note", "archive", "restore", "delete"):
        assert admin.client.post(f"/runs/edit/{action}", data={"run": ONE}).status_code == 400
    assert "run 0" in client.get("/runs").text
