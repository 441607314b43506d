"""The page on which anybody who may read has somebody else's table or claim examined."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.datastructures import FileStorage

from ml.audit.words import ENGLISH
from ml.results import to_json
from tests.builders.accounts import Visitor, visit, visit_with_role
from tests.builders.audits import LEAK, make_audit
from tests.builders.pages import find_faults
from webapp.audit.actions import MOST_WAITING, TooManyAuditsError, submit_audit
from webapp.audit.forms import read_share
from webapp.clock import now_ms
from webapp.jobs.claims import claim_oldest, fail_job, finish_job
from webapp.jobs.queue import Failure, Job, list_jobs, request_cancel
from webapp.jobs.uploads import ABANDONED_AFTER, clear_uploads, upload_path
from webapp.jobs.work import read_audit_request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask
    from werkzeug.test import TestResponse

    from ml.examination.audit import AuditReport
    from ml.settings import Settings
    from webapp.store.session import Store

TABLE = b"a,b,c\n1,2,x\n2,1,y\n"
CLAIM = {"metric": "accuracy", "value": "0.9926", "rows": "136"}


@pytest.fixture
def store(app: Flask) -> Store:
    store: Store = app.extensions["proctor_store"]
    return store


@pytest.fixture
def reader(app: Flask) -> Visitor:
    return visit_with_role(app, "reader", "rita")


def send(visitor: Visitor, files: Mapping[str, tuple[bytes, str]] | None = None, **fields: str) -> TestResponse:
    chosen: dict[str, Any] = {role: (io.BytesIO(content), name) for role, (content, name) in (files or {}).items()}
    data = {"csrf_token": visitor.token(), "metric": "accuracy", **fields} | chosen
    return visitor.client.post("/audit", data=data, content_type="multipart/form-data")


def jobs_of(store: Store) -> tuple[Job, ...]:
    with store.read() as conn:
        return list_jobs(conn, 99)


def finish(store: Store, report: AuditReport) -> None:
    claimed = claim_oldest(store, "w", now_ms())
    assert claimed
    with store.write() as conn:
        finish_job(conn, claimed[0], {"audit": to_json(report)}, now_ms())


def files_of(settings: Settings) -> list[str]:
    root = settings.data_dir / "uploads"
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


# ── asking ───────────────────────────────────────────────────────────────────
def test_a_reader_uploads_a_table_and_the_worker_finds_it(reader: Visitor, store: Store, settings: Settings) -> None:
    answer = send(reader, {"table": (TABLE, "Their Table.CSV")}, target=" c ", value="99.26 %", rows="136", tried="12")
    (job,) = jobs_of(store)
    assert (answer.status_code, answer.location) == (303, f"/audit/{job.id}")
    assert (job.kind, job.created_by) == ("audit", "rita")
    asked = read_audit_request(job, settings.data_dir)
    assert asked.table is not None
    assert asked.table.read_bytes() == TABLE
    assert (asked.table.name, asked.target, asked.tried) == ("Their_Table.csv", "c", 12)
    assert asked.claim is not None
    assert (asked.claim.metric, asked.claim.value, asked.claim.rows) == ("accuracy", 0.9926, 136)


def test_every_file_comes_to_its_own_place(reader: Visitor, store: Store, settings: Settings) -> None:
    roles = ("table", "predictions", "training")
    send(reader, {role: (role.encode(), "same.csv") for role in roles}, target="c")
    asked = read_audit_request(jobs_of(store)[0], settings.data_dir)
    files = (asked.table, asked.predictions, asked.training)
    assert [path.read_text() for path in files if path] == [*roles]


def test_a_claim_alone_is_enough(reader: Visitor, store: Store, settings: Settings) -> None:
    assert send(reader, **CLAIM).status_code == 303
    asked = read_audit_request(jobs_of(store)[0], settings.data_dir)
    assert (asked.table, asked.target) == (None, "")
    assert files_of(settings) == []


def test_who_has_no_account_may_ask_where_reading_is_open(app: Flask, store: Store) -> None:
    assert send(visit(app), **CLAIM).status_code == 303
    assert jobs_of(store)[0].created_by == "visitor"


@pytest.mark.parametrize(
    ("files", "fields", "says"),
    [
        ({}, {}, "Choose a table, or type the value of a claim."),
        ({"table": (TABLE, "t.csv")}, {}, "Name the column that holds the class"),
        ({"table": (TABLE, "t.xlsx")}, {"target": "c"}, "ends in .csv, .arff or .parquet"),
        ({"predictions": (TABLE, "p.csv")}, CLAIM, "Choose the table that the other files belong to"),
        ({}, {"value": "much"}, "Type a share from 0 to 1"),
        ({}, {"value": "99.26"}, "Type a share from 0 to 1"),
        ({}, CLAIM | {"rows": "many"}, "Type a whole number, 1 or more"),
        ({}, CLAIM | {"rows": "0"}, "Type a whole number, 1 or more"),
        ({}, CLAIM | {"metric": "nonsense"}, "Not a valid choice"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field_and_nothing_is_kept(
    reader: Visitor,
    store: Store,
    settings: Settings,
    files: dict[str, tuple[bytes, str]],
    fields: dict[str, str],
    says: str,
) -> None:
    answer = send(reader, files, **fields)
    assert answer.status_code == 422
    assert says in answer.text
    assert find_faults(answer.text) == []
    assert (jobs_of(store), files_of(settings)) == ((), [])


def test_a_table_beyond_the_sites_limit_is_refused_in_words(
    app: Flask, reader: Visitor, store: Store, settings: Settings
) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 2000
    answer = send(reader, {"table": (b"a,b\n" + b"1,2\n" * 1000, "t.csv")}, target="b")
    assert answer.status_code == 413
    assert "20 MB at most" in answer.text
    assert (jobs_of(store), files_of(settings)) == ((), [])


def test_only_so_many_wait_at_one_time(reader: Visitor, store: Store, settings: Settings) -> None:
    for _ in range(MOST_WAITING):
        assert send(reader, **CLAIM).status_code == 303
    refused = send(reader, {"table": (TABLE, "t.csv")}, target="c")
    assert refused.status_code == 429
    assert "3 audits wait or run already" in refused.text
    assert find_faults(refused.text) == []
    assert (len(jobs_of(store)), files_of(settings)) == (MOST_WAITING, [])
    finish(store, make_audit())
    assert send(reader, **CLAIM).status_code == 303


@pytest.mark.parametrize(
    ("text", "share"),
    [("0.9926", "0.9926"), ("0,90", "0.90"), ("99.26 %", "0.9926"), ("85%", "0.85"), ("1", "1"), (" 0 ", "0")],
)
def test_a_share_keeps_its_digits(text: str, share: str) -> None:
    assert str(read_share(text)) == share


@pytest.mark.parametrize("text", ["", "x", "1.1", "-0.1", "101 %", "nan", "inf", "1e999999999", "0.9.9"])
def test_what_is_no_share(text: str) -> None:
    assert read_share(text) is None


# ── the files ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../etc/passwd.csv", "passwd.csv"),
        ("..\\..\\boot.csv", "_boot.csv"),
        ("ñandú 3.csv", "ñandú_3.csv"),
        (".csv", "_csv"),
        ("", "table"),
        ("x" * 300 + ".csv", "x" * 60 + ".csv"),
        ("a\0b.csv", "a_b.csv"),
    ],
)
def test_no_name_leads_out_of_the_jobs_folder(tmp_path: Path, name: str, kept: str) -> None:
    path = upload_path(tmp_path, "job", "table", name)
    assert path == tmp_path / "uploads" / "job" / "table" / kept


def test_files_go_when_their_job_has_ended_however_it_did(reader: Visitor, store: Store, settings: Settings) -> None:
    names = ("done.csv", "failed.csv", "cancelled.csv")
    for name in names:
        send(reader, {"table": (TABLE, name)}, target="c")
    clear_uploads(store, settings.data_dir, now_ms())
    assert {Path(path).name for path in files_of(settings)} == {*names}
    finish(store, make_audit())
    claimed = claim_oldest(store, "w", now_ms())
    assert claimed
    fail_job(store, claimed[0], Failure("refused", "no table"), now_ms())
    request_cancel(store, jobs_of(store)[0].id, "ada", now_ms())
    clear_uploads(store, settings.data_dir, now_ms())
    assert files_of(settings) == []


def test_files_that_no_job_came_for_go_after_a_while(store: Store, settings: Settings) -> None:
    path = upload_path(settings.data_dir, "f" * 32, "table", "t.csv")
    path.parent.mkdir(parents=True)
    path.write_bytes(TABLE)
    clear_uploads(store, settings.data_dir, now_ms())
    assert len(files_of(settings)) == 1
    clear_uploads(store, settings.data_dir, now_ms() + ABANDONED_AFTER + 1000)
    assert files_of(settings) == []


def test_a_job_that_cannot_be_queued_leaves_no_file(app: Flask, store: Store, settings: Settings) -> None:
    for _ in range(MOST_WAITING):
        send(visit(app), **CLAIM)
    file = FileStorage(io.BytesIO(TABLE), "t.csv")
    with pytest.raises(TooManyAuditsError):
        submit_audit(
            store, app.extensions["proctor_queue"], settings.data_dir, {}, {"table": file}, user="x", now=now_ms()
        )
    assert files_of(settings) == []


# ── what came of it ──────────────────────────────────────────────────────────
def test_an_audit_at_work_shows_its_card_and_then_what_it_found(reader: Visitor, store: Store) -> None:
    address = str(send(reader, {"table": (TABLE, "<b>.csv")}, target="c").location)
    waiting = reader.get(address).text
    assert "The audit waits for its turn" in waiting
    assert re.search(r'data-reload-at-end>.*data-poll="/admin/jobs/', waiting, re.DOTALL)
    assert "Audit: &lt;b&gt;.csv" in waiting
    finish(store, make_audit(LEAK))
    done = reader.get(address).text
    assert "<h1>Not what it claims</h1>" in done
    assert "Caste is the target under another name" in done
    assert "data-poll" not in done
    assert [find_faults(page) for page in (waiting, done)] == [[], []]


def test_an_audit_that_could_not_read_says_why(reader: Visitor, store: Store) -> None:
    address = str(send(reader, {"table": (TABLE, "t.csv")}, target="z").location)
    claimed = claim_oldest(store, "w", now_ms())
    assert claimed
    fail_job(store, claimed[0], Failure("refused", "t.csv: has no column 'z'"), now_ms())
    page = reader.get(address).text
    assert "<h1>It could not be examined</h1>" in page
    assert "t.csv: has no column &#39;z&#39;" in page


def test_what_was_found_is_kept_as_json(reader: Visitor, store: Store) -> None:
    address = str(send(reader, **CLAIM).location)
    assert reader.get(f"{address}/audit.json").status_code == 404
    finish(store, make_audit(LEAK))
    answer = reader.get(f"{address}/audit.json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit-1.json"'
    whole = answer.get_json()
    assert (whole["verdict"], whole["asked"]["value"], whole["ceiling"]) == ("cheat", "0.9926", 0.976)
    assert whole["findings"][0]["title"] == ENGLISH.target_copy


def test_the_last_audits_are_listed_with_their_verdicts(reader: Visitor, store: Store) -> None:
    send(reader, {"table": (TABLE, "theirs.csv")}, target="c")
    finish(store, make_audit())
    send(reader, **CLAIM)
    page = reader.get("/audit").text
    assert re.search(r">Accuracy 0\.9926</a>.*Waiting.*>theirs\.csv</a>.*Clean", page, re.DOTALL)
    assert find_faults(page) == []


def test_a_result_of_another_release_is_no_error(reader: Visitor, store: Store) -> None:
    address = str(send(reader, **CLAIM).location)
    claimed = claim_oldest(store, "w", now_ms())
    assert claimed
    with store.write() as conn:
        finish_job(conn, claimed[0], {"audit": {"shape": "new"}}, now_ms())
    assert "cannot be read by this release" in reader.get(address).text


def test_another_kind_of_job_is_no_audit(app: Flask, reader: Visitor, store: Store) -> None:
    admin = visit_with_role(app, "admin", "ada")
    admin.send("/admin/prepare")
    assert reader.get(f"/audit/{jobs_of(store)[0].id}").status_code == 404
    assert reader.get("/audit/nothing").status_code == 404


def test_admins_see_what_was_asked_for_and_where_it_is_answered(app: Flask, reader: Visitor, store: Store) -> None:
    admin = visit_with_role(app, "admin", "ada")
    address = str(send(reader, **CLAIM).location)
    finish(store, make_audit())
    page = admin.get("/admin").text
    assert f'<a href="{address}">Audit: Accuracy 0.9926</a>' in page
    assert "Audit: Accuracy 0.9926 · metric accuracy · value 0.9926 · rows 136" in page
