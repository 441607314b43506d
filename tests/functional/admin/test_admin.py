"""The admin page and the job cards, through the real app."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING

import pytest

from tests.builders.accounts import visit, visit_as_admin
from tests.builders.pages import find_faults
from tests.builders.runs import write_alias
from tests.functional.conftest import file_of
from webapp.admin.pages import describe_event
from webapp.admin.queries import Event
from webapp.admin.roles import DEEDS, FOR_ACCOUNTS, FOR_ADMINS, FOR_READERS, READ
from webapp.clock import now_ms
from webapp.events import KINDS, UnknownKindError, write_event
from webapp.jobs.claims import claim_oldest, fail_job, finish_job, record_stages
from webapp.jobs.expectations import expect_duration
from webapp.jobs.presence import sign_in
from webapp.jobs.queue import Failure, Job, Stage, list_jobs, submit_job
from webapp.jobs.states import State
from webapp.runs.edit.queries import RUN_DELETED

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from webapp.jobs.claims import Claim
    from webapp.store.session import Store

TRAINING = {"family": "random_forest", "folds": "4", "repeats": "3", "seed": "7", "drop_repeats": "y"}


def store_of(app: Flask) -> Store:
    store: Store = app.extensions["proctor_store"]
    return store


def jobs_of(app: Flask) -> tuple[Job, ...]:
    with store_of(app).read() as conn:
        return tuple(reversed(list_jobs(conn, 99)))


def submit(app: Flask, kind: str = "train", **params: object) -> Job:
    return submit_job(store_of(app), app.extensions["proctor_queue"], kind, params, "grace", now_ms())


def begin(app: Flask) -> Claim:
    claimed = claim_oldest(store_of(app), "w", now_ms())
    assert claimed is not None
    return claimed[0]


@pytest.mark.usefixtures("served_store")
def test_a_champion_that_is_refused_is_an_alert_with_what_to_do(
    app: Flask, client: FlaskClient, served_file: Path
) -> None:
    admin = visit_as_admin(app)
    assert "is refused" not in admin.get("/admin").text
    content = served_file.read_bytes()
    served_file.write_bytes(content[:-1])
    page = unescape(admin.get("/admin").text)
    assert find_faults(page) == []
    assert "Version 1 is the champion, but its file is refused. Put the file back" in page
    assert "is not the one registered" in page
    client.get("/api/v1/model")
    assert "its file is refused. Nothing answers in its place." in unescape(admin.get("/admin").text)


def test_the_alert_says_who_answers_in_place_of_the_champion(
    app: Flask, client: FlaskClient, served_store: Store, served_file: Path
) -> None:
    client.get("/api/v1/model")
    with served_store.write() as conn:
        write_alias(conn, "champion", 2)
    file_of(2, served_file).unlink()
    client.get("/api/v1/model")
    page = unescape(visit_as_admin(app).get("/admin").text)
    assert "Version 2 is the champion, but its file is refused. Version 1 answers in its place." in page


def test_only_admins_may_look_or_act(app: Flask) -> None:
    nobody = visit(app)
    assert nobody.get("/admin").location.startswith("/login")
    for path in ("/admin/retrain", "/admin/prepare", "/admin/jobs/x/cancel"):
        assert nobody.send(path).status_code == 302
    assert jobs_of(app) == ()


def test_a_form_without_its_token_is_refused(app: Flask) -> None:
    admin = visit_as_admin(app)
    assert admin.client.post("/admin/retrain", data=TRAINING).status_code == 400
    assert jobs_of(app) == ()


def test_an_empty_queue_says_what_to_do(app: Flask) -> None:
    page = visit_as_admin(app).get("/admin").text
    assert "Nothing is running" in page
    assert "press Retrain" in page
    assert "1 account may train and promote" in page


def test_retrain_queues_what_was_asked_for_and_two_make_two_in_order(app: Flask) -> None:
    ada, bob = visit_as_admin(app, "ada"), visit_as_admin(app, "bob")
    assert ada.send("/admin/retrain", **TRAINING).location == "/admin#job-1"
    assert bob.send("/admin/retrain", **TRAINING | {"with_sensitive": "y"}).location == "/admin#job-2"
    first, second = jobs_of(app)
    assert first.params == {
        "family": "random_forest", "folds": 4, "repeats": 3, "seed": 7, "with_sensitive": False, "drop_repeats": True,
        "calibration": "none",
        "rule": "argmax",
        "is_tuned": False,
    }  # fmt: skip
    assert (first.created_by, second.created_by) == ("ada", "bob")
    assert second.params["with_sensitive"] is True
    page = ada.get("/admin").text
    assert "2 jobs are waiting" in page
    assert "Job 1 is in the queue." in page
    assert "asked for job 2" in page


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("folds", "1"),
        ("folds", "21"),
        ("folds", "five"),
        ("repeats", "0"),
        ("repeats", "51"),
        ("repeats", "2.5"),
        ("seed", "-1"),
        ("seed", "9" * 30),
        ("seed", ""),
        ("seed", "٣"),
    ],
)
def test_what_cannot_be_done_is_said_beside_its_field_and_nothing_typed_is_lost(
    app: Flask, field: str, typed: str
) -> None:
    admin = visit_as_admin(app)
    answer = admin.send("/admin/retrain", **TRAINING | {field: typed})
    assert answer.status_code == 422
    assert re.search(rf'id="{field}-error".*Type a whole number from', answer.text)
    shown = re.search(rf'<input[^>]*id="{field}"[^>]*>', answer.text)
    assert shown is not None
    assert f'value="{typed}"' in shown[0]
    assert 'selected value="random_forest"' in answer.text
    assert re.search(r'<input checked[^>]*id="drop_repeats"', answer.text)
    assert jobs_of(app) == ()


def test_an_unknown_family_is_refused(app: Flask) -> None:
    assert visit_as_admin(app).send("/admin/retrain", **TRAINING | {"family": "magic"}).status_code == 422


def test_a_search_and_a_calibration_at_once_are_refused_beside_the_field(app: Flask) -> None:
    wish = TRAINING | {"calibration": "sigmoid", "is_tuned": "y"}
    answer = visit_as_admin(app).send("/admin/retrain", **wish)
    assert answer.status_code == 422
    assert re.search(r'id="calibration-error".*Either search the settings or calibrate', answer.text)
    assert jobs_of(app) == ()


def test_a_calibration_is_queued_with_its_family(app: Flask) -> None:
    assert visit_as_admin(app).send("/admin/retrain", **TRAINING | {"calibration": "isotonic"}).status_code == 303
    assert jobs_of(app)[0].params["calibration"] == "isotonic"


def test_a_baseline_is_not_calibrated(app: Flask) -> None:
    wish = TRAINING | {"family": "prior", "calibration": "sigmoid"}
    answer = visit_as_admin(app).send("/admin/retrain", **wish)
    assert answer.status_code == 422
    assert re.search(r'id="calibration-error".*A baseline is not calibrated', answer.text)


def test_the_data_can_be_prepared_again(app: Flask) -> None:
    assert visit_as_admin(app).send("/admin/prepare").location == "/admin#job-1"
    assert [(job.kind, job.params) for job in jobs_of(app)] == [("prepare", {})]


def test_a_waiting_job_is_cancelled_and_an_unknown_one_is_not_there(app: Flask) -> None:
    admin, job = visit_as_admin(app), submit(app, family="prior")
    assert admin.send(f"/admin/jobs/{job.id}/cancel").status_code == 303
    assert jobs_of(app)[0].state is State.CANCELLED
    assert "cancelled job 1" in admin.get("/admin").text
    assert admin.send("/admin/jobs/nonsense/cancel").status_code == 404


def test_a_running_job_shows_its_stages_and_is_polled_until_it_ends(app: Flask) -> None:
    job = submit(app, family="prior")
    claim = begin(app)
    record_stages(store_of(app), claim, (Stage("fetch", now_ms() - 3000, 1, 1), Stage("evaluate", now_ms(), 20, 50)))
    card = visit(app).get(f"/admin/jobs/{job.id}").text
    assert f'data-poll="/admin/jobs/{job.id}"' in card
    assert re.search(r'<progress max="50" value="20"', card)
    assert "20 of 50" in card
    assert "no time can be told" in card
    assert "/cancel" not in card
    with store_of(app).write() as conn:
        finish_job(conn, claim, {"run_id": "r1", "run_name": "a-run"}, now_ms())
    card = visit(app).get(f"/admin/jobs/{job.id}").text
    assert "data-poll" not in card
    assert 'href="/runs/r1"' in card
    assert visit(app).get("/admin/jobs/nonsense").status_code == 404


def test_the_card_offers_a_cancellation_to_admins_and_stands_on_the_first_page(app: Flask) -> None:
    admin, job = visit_as_admin(app), submit(app, family="prior")
    assert f"/admin/jobs/{job.id}/cancel" in admin.get("/").text
    assert f"/admin/jobs/{job.id}/cancel" not in visit(app).get("/").text
    assert f'data-poll="/admin/jobs/{job.id}"' in visit(app).get("/").text


def test_a_failure_is_told_with_its_reason_as_text(app: Flask) -> None:
    submit(app, family="prior")
    fail_job(store_of(app), begin(app), Failure("refused", "<b>the file is empty</b>"), now_ms())
    page = visit_as_admin(app).get("/admin").text
    assert "1 of the last 1 failed, most recently job 1." in page
    assert "&lt;b&gt;the file is empty&lt;/b&gt;" in page


def test_jobs_that_nobody_listens_to_are_remarked_upon(app: Flask) -> None:
    admin = visit_as_admin(app)
    submit(app, family="prior")
    assert "No worker has given a sign of life" in admin.get("/admin").text
    sign_in(store_of(app), "w", now_ms(), now_ms())
    assert "No worker has given a sign of life" not in admin.get("/admin").text


def test_the_expected_time_is_the_median_of_the_same_family(app: Flask) -> None:
    for family, took in (("prior", 1_000), ("prior", 9_000), ("prior", 3_000), ("random_forest", 60_000)):
        submit(app, family=family)
        claimed = claim_oldest(store_of(app), "w", 10_000)
        assert claimed is not None
        with store_of(app).write() as conn:
            finish_job(conn, claimed[0], {}, 10_000 + took)
    wanted = [submit(app, family=family) for family in ("prior", "random_forest", "logistic_regression")]
    with store_of(app).read() as conn:
        assert [expect_duration(conn, job) for job in wanted] == [3_000, 60_000, None]
    again, other = submit(app, "reproduce", family="prior"), submit(app, "prepare", family="prior")
    with store_of(app).read() as conn:
        assert [expect_duration(conn, job) for job in (again, other)] == [3_000, None]
    assert "about 3.0 s expected" in visit(app).get(f"/admin/jobs/{wanted[0].id}").text


def test_the_api_tells_how_far_a_job_is(app: Flask) -> None:
    job = submit(app, family="prior")
    claim = begin(app)
    record_stages(store_of(app), claim, (Stage("fetch", 5, 1, 2),))
    told = visit(app).get(f"/api/v1/jobs/{job.id}").json
    assert told["state"] == "running"
    assert told["stages"] == [{"code": "fetch", "started_at": 5, "done": 1, "total": 2}]
    fail_job(store_of(app), claim, Failure("raised", "why"), now_ms())
    told = visit(app).get(f"/api/v1/jobs/{job.id}").json
    assert (told["state"], told["failure"]) == ("failed", {"code": "raised", "detail": "why"})
    missing = visit(app).get("/api/v1/jobs/nonsense")
    assert missing.status_code == 404
    assert "nonsense" in json.dumps(missing.json)


@pytest.mark.parametrize("kind", sorted(KINDS - {RUN_DELETED}))  # that one is told by the event of its whole job
def test_every_kind_of_event_has_words(app: Flask, kind: str) -> None:
    detail = json.dumps({"kind": "train", "runs": ["a"], "names": ["calm"], "before": "", "after": "x"})
    with app.test_request_context():
        told = describe_event(Event(1, "ada", kind, "job 1", detail))
        unknown = describe_event(Event(1, "ada", "no_such_kind", "job 1", ""))
    assert unknown.what == "no such kind job 1"
    assert told.what != f"{kind.replace('_', ' ')} job 1"


def test_an_event_of_a_kind_that_nobody_named_is_not_written(app: Flask) -> None:
    with store_of(app).write() as conn, pytest.raises(UnknownKindError):
        write_event(conn, "no_such_kind", "job 1", "", user="ada", now=1)


def test_a_note_is_told_by_its_run_and_its_first_words(app: Flask) -> None:
    wrote, deleted = (json.dumps({"before": "old", "after": text}) for text in ("x" * 300, ""))
    with app.test_request_context():
        told = [describe_event(Event(1, "ada", "note", f"run {'b' * 32}", detail)) for detail in (wrote, deleted)]
    assert [(one.what, one.detail) for one in told] == [
        ("wrote the note of run bbbbbbbb", "x" * 199 + "…"),
        ("deleted the note of run bbbbbbbb", ""),
    ]


def test_what_each_role_may_do_is_what_the_routes_let_it_do(app: Flask) -> None:
    """A route that does something needs its deed in `webapp.admin.roles`, for those whom it lets in."""
    may: dict[str, set[str]] = {"anyone": set(), "reader": {READ}, "user": set(), "admin": set()}
    for rule in app.url_map.iter_rules():
        access = getattr(app.view_functions[rule.endpoint], "access", "anyone")
        if (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"} and access != "anyone":
            may[access].add(DEEDS[rule.endpoint])
    assert may == {"anyone": set(), "reader": set(FOR_READERS), "user": set(FOR_ACCOUNTS), "admin": set(FOR_ADMINS)}


@pytest.mark.parametrize(("is_open", "said"), [(True, "No account read and export"), (False, "No account nothing but")])
def test_the_page_says_what_each_role_may_do(app: Flask, said: str, *, is_open: bool) -> None:
    app.extensions["proctor_settings"] = replace(app.extensions["proctor_settings"], open_reading=is_open)
    page = " ".join(re.sub(r"<[^>]+>", " ", visit_as_admin(app).get("/admin").text).split())
    assert said in page
    assert "save views of the run table; say what turned out to be true; make API tokens Admin all that" in page
    assert "write notes of runs; tag runs; archive" in page
    assert "read, train, promote" not in page
