"""The API and the log: no answer without its row, the same answer to a retry, and what turned out to be true."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, func, select

from tests.builders.accounts import visit_with_role
from tests.builders.runs import write_alias
from tests.builders.tables import student_spec
from webapp import create_app
from webapp.predict import answering
from webapp.predict.answering import current_answering
from webapp.predictions.keys import make_key
from webapp.predictions.queries import find_by_key, find_request
from webapp.store.tables import prediction, prediction_request

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy import Connection
    from werkzeug.test import TestResponse

    from ml.settings import Settings
    from webapp.predictions.values import AnsweredRequest
    from webapp.store.session import Store

SPEC = student_spec()
ROW = {column.name: column.categories[-1] for column in SPEC.features}
OTHER = {column.name: column.categories[0] for column in SPEC.features}
ADDRESS = "/api/v1/predictions"


def ask(client: FlaskClient, rows: list[dict[str, str]], key: str | None = None) -> TestResponse:
    return client.post(ADDRESS, json={"rows": rows}, headers={"Idempotency-Key": key} if key is not None else {})


def count_rows(store: Store) -> int:
    with store.read() as conn:
        return conn.execute(select(func.count()).select_from(prediction)).scalar_one()


@pytest.fixture(autouse=True)
def _models(store: Store) -> None:
    """Two versions, the first of them champion."""


def test_an_answer_is_in_the_log_as_it_was_given(client: FlaskClient, store: Store) -> None:
    answer = ask(client, [ROW, OTHER]).get_json()
    with store.read() as conn:
        kept = find_request(conn, answer["request_id"])
    assert kept
    assert (kept.version, kept.channel, kept.user_id, kept.latency_us) == (1, "api", None, answer["latency_us"])
    assert [row["row"] for row in answer["predictions"]] == [1, 2]
    for row, given in zip(kept.rows, answer["predictions"], strict=True):
        assert (row.answer, dict(zip(kept.classes, row.shares, strict=True))) == (
            given["class"],
            given["probabilities"],
        )


def test_sensitive_inputs_are_left_out(client: FlaskClient, store: Store) -> None:
    request_id = ask(client, [ROW]).get_json()["request_id"]
    with store.read() as conn:
        kept = find_request(conn, request_id)
    assert kept
    assert set(kept.left_out) == set(SPEC.sensitive_names)
    assert dict(zip(kept.columns, kept.rows[0].inputs, strict=True)) == {
        name: value for name, value in ROW.items() if name not in SPEC.sensitive_names
    }


def test_sensitive_inputs_are_kept_where_the_settings_say_so(settings: Settings, store: Store) -> None:
    app = create_app(replace(settings, log_sensitive=True))
    request_id = ask(app.test_client(), [ROW]).get_json()["request_id"]
    app.extensions["proctor_store"].close()
    with store.read() as conn:
        kept = find_request(conn, request_id)
    assert kept
    assert dict(zip(kept.columns, kept.rows[0].inputs, strict=True)) == ROW


def test_who_asked_is_kept_by_id(app: Flask, store: Store) -> None:
    visitor = visit_with_role(app, "reader", name="grace")
    ask(visitor.client, [ROW])
    with store.read() as conn:
        (row,) = conn.execute(select(prediction_request)).all()
    assert row.user_id == 1
    assert "grace" not in str(row)


def test_a_row_that_is_refused_is_not_logged(client: FlaskClient, store: Store) -> None:
    assert ask(client, [ROW, {}]).status_code == 422
    assert count_rows(store) == 0


# ── the store cannot be written ──────────────────────────────────────────────
def test_with_a_full_store_there_is_no_answer_and_then_there_is(app: Flask, client: FlaskClient, store: Store) -> None:
    ask(client, [ROW])
    store.engine.dispose()
    limit = {"pages": 1}

    def fill(dbapi_connection: Any, *_: object) -> None:
        dbapi_connection.execute(f"PRAGMA max_page_count = {limit['pages']}")  # SQLite takes what is used as the least

    event.listen(store.engine, "checkout", fill)
    answers = [ask(client, [ROW] * 200) for _ in range(2)]
    limit["pages"] = 1_000_000
    assert [answer.status_code for answer in answers] == [503, 503]
    assert answers[0].content_type == "application/problem+json"
    assert answers[0].headers["Retry-After"] == "5"
    assert "cannot be written" in answers[0].get_json()["detail"]
    assert count_rows(store) == 1
    assert ask(client, [ROW] * 200).status_code == 200


def test_a_store_that_stays_locked_gives_no_answer(client: FlaskClient, store: Store) -> None:
    event.listen(store.engine, "checkout", lambda dbapi, *_: dbapi.execute("PRAGMA busy_timeout = 30"))
    with store.engine.connect().execution_options(proctor_writes=True) as other, other.begin():
        assert ask(client, [ROW]).status_code == 503
    assert ask(client, [ROW]).status_code == 200


def test_the_servers_log_holds_nothing_of_a_row(
    client: FlaskClient, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    with store.write() as conn:
        prediction.drop(conn)
    with caplog.at_level(logging.DEBUG):
        assert ask(client, [ROW]).status_code == 503
    assert "not logged" in caplog.text
    assert not any(value in caplog.text for value in ROW.values() if len(value) > 3)


def test_nobody_reads_on_while_an_answer_is_committed(client: FlaskClient, store: Store) -> None:
    connections: list[int] = []
    event.listen(store.engine, "commit", lambda _conn: connections.append(store.engine.pool.checkedout()))  # type: ignore[attr-defined]
    ask(client, [ROW])
    assert connections == [1]


# ── retries ──────────────────────────────────────────────────────────────────
def test_a_retry_gets_the_very_same_answer_though_another_version_answers_now(
    client: FlaskClient, store: Store
) -> None:
    first = ask(client, [ROW], "k-1")
    with store.write() as conn:
        write_alias(conn, "champion", 2)
    again = ask(client, [ROW], "k-1")
    assert again.data == first.data
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (False, "true")
    assert count_rows(store) == 1
    assert ask(client, [ROW], "k-2").get_json()["model_version"] == 2


def test_a_key_with_another_body_is_refused(client: FlaskClient, store: Store) -> None:
    ask(client, [ROW], "k-1")
    answer = ask(client, [OTHER], "k-1")
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert count_rows(store) == 1


def test_the_order_of_a_rows_members_makes_no_other_body(client: FlaskClient) -> None:
    first, again = ask(client, [ROW], "k"), ask(client, [dict(reversed(ROW.items()))], "k")
    assert again.get_json() == first.get_json()


def test_a_key_belongs_to_its_caller(app: Flask, client: FlaskClient) -> None:
    theirs = visit_with_role(app, "reader", name="grace").client
    ids = {ask(caller, [ROW], "k").get_json()["request_id"] for caller in (client, theirs, client)}
    assert len(ids) == 2


def test_a_key_that_is_being_answered_is_asked_to_wait(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        keys = current_answering().keys
    key = make_key(app.config["SECRET_KEY"], f"address 127.0.0.1 {ADDRESS}", "k", {"rows": [ROW]})
    with keys.hold(key):
        answer = ask(client, [ROW], "k")
    assert (answer.status_code, answer.headers["Retry-After"]) == (409, "1")
    assert ask(client, [ROW], "k").status_code == 200


@pytest.mark.parametrize("key", ["", "x" * 256, "ñ"])
def test_a_key_that_is_none_is_refused(client: FlaskClient, key: str) -> None:
    assert ask(client, [ROW], key).status_code == 400


def test_what_another_process_answered_at_the_same_time_is_given(
    client: FlaskClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ask(client, [ROW], "k")
    looks: list[str] = []

    def look_too_early(conn: Connection, key_hash: str) -> AnsweredRequest | None:
        looks.append(key_hash)
        return find_by_key(conn, key_hash) if len(looks) > 1 else None

    monkeypatch.setattr(answering, "find_by_key", look_too_early)
    app = create_app(settings)
    again = ask(app.test_client(), [ROW], "k")
    app.extensions["proctor_store"].close()
    assert (again.data, len(looks)) == (first.data, 2)


# ── what turned out to be true ───────────────────────────────────────────────
def test_a_truth_is_put_and_corrected(app: Flask, store: Store) -> None:
    client = visit_with_role(app, "reader", name="grace").client
    request_id = ask(client, [ROW, OTHER]).get_json()["request_id"]
    for truth in (SPEC.target.categories[0], SPEC.target.categories[1], None, SPEC.target.categories[2]):
        answer = client.put(f"{ADDRESS}/{request_id}/2/truth", json={"truth": truth})
        assert (answer.status_code, answer.get_json()["truth"]) == (200, truth)
    with store.read() as conn:
        kept = find_request(conn, request_id)
    assert kept
    assert [row.truth and row.truth.value for row in kept.rows] == [None, SPEC.target.categories[2]]


@pytest.mark.parametrize(
    ("row", "body", "status"),
    [
        (1, {"truth": "Best"}, 422),
        (1, {"truth": 1}, 422),
        (1, {}, 422),
        (1, {"truth": None, "more": 1}, 422),
        (2, {"truth": SPEC.target.categories[0]}, 404),
        (2**63, {"truth": SPEC.target.categories[0]}, 404),
    ],
)
def test_what_can_be_no_truth_is_refused(app: Flask, row: int, body: dict[str, Any], status: int) -> None:
    client = visit_with_role(app, "reader").client
    request_id = ask(client, [ROW]).get_json()["request_id"]
    answer = client.put(f"{ADDRESS}/{request_id}/{row}/truth", json=body)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
