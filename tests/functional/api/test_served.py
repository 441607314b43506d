"""What answers, what a row must look like, and how answers travel: ETags, gzip, limits."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema_rs import Draft202012Validator

from tests.builders.accounts import visit
from tests.builders.redis_server import find_redis, run_redis
from tests.builders.servers import find_free_port
from tests.builders.tables import student_spec
from tests.builders.tokens import bearer, make_token
from webapp import create_app

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from ml.settings import Settings

SPEC = student_spec()
ROW = {column.name: column.categories[-1] for column in SPEC.features}
PREDICTIONS = "/api/v1/predictions"
served = pytest.mark.usefixtures("served_store")


def ask(client: FlaskClient, rows: list[dict[str, str]], **headers: str) -> TestResponse:
    return client.post(PREDICTIONS, json={"rows": rows}, headers=headers)


def limit(app: Flask, requests: int) -> None:
    app.extensions["proctor_settings"] = replace(
        app.extensions["proctor_settings"], predictions_per_minute=requests, open_reading=True
    )


# ── the model ────────────────────────────────────────────────────────────────
@served
def test_no_figure_of_the_model_stands_alone(client: FlaskClient) -> None:
    found = client.get("/api/v1/model").get_json()
    figures = found["evaluation"]["figures"]
    assert (found["name"], found["version"], found["rule"]) == ("student_performance", 1, "argmax")
    assert found["classes"] == list(SPEC.target.categories)
    assert found["notice"] == SPEC.notice.en
    assert {figure["metric"] for figure in figures} >= {"accuracy", "log_loss"}
    for figure in figures:
        assert figure["low"] <= figure["value"] <= figure["high"]
        assert figure["prior"] is not None
        assert figure["single_column"] is not None


@served
def test_the_places_that_the_model_names_are_there(client: FlaskClient) -> None:
    found = client.get("/api/v1/model").get_json()
    for url in (found["url"], found["run"]["url"], found["audit"]["url"], found["card"]["url"]):
        assert client.get(url).status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/model", "/api/v1/schema"])
def test_before_the_first_model_there_is_none(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


# ── the schema ───────────────────────────────────────────────────────────────
def takes(schema: dict[str, Any], row: dict[str, Any]) -> bool:
    return bool(Draft202012Validator(schema).is_valid(row))


@served
@pytest.mark.parametrize(
    "row",
    [
        ROW,
        dict.fromkeys(ROW),
        ROW | {"Gender": "martian"},
        ROW | {"Gender": 7},
        ROW | {"more": None},
        {name: ROW[name] for name in list(ROW)[1:]},
    ],
)
def test_the_schema_takes_the_rows_that_the_model_takes(client: FlaskClient, row: dict[str, Any]) -> None:
    schema = client.get("/api/v1/schema").get_json()
    assert takes(schema, row) == (ask(client, [row]).status_code == 200)


@served
def test_the_schemas_example_can_be_predicted_from(client: FlaskClient) -> None:
    assert ask(client, client.get("/api/v1/schema").get_json()["examples"]).status_code == 200


@served
def test_the_schema_says_what_the_spec_says(client: FlaskClient) -> None:
    for code in ("en", "es"):
        columns = client.get(f"/api/v1/schema?language={code}").get_json()["properties"]
        assert list(columns) == list(SPEC.feature_names)
        for column in SPEC.features:
            told = columns[column.name]
            assert told["title"] == column.label.in_language(code)
            assert told.get("description") == (column.help.in_language(code) if column.help else None)
            assert told["enum"] == [*column.categories, None]
            assert told["x-ordered"] == (column.kind == "ordinal")
            assert told.get("x-value-aliases", {}) == dict(column.category_aliases)
            assert ("x-sensitive" in told) == column.is_sensitive


@served
def test_a_language_that_is_none_is_refused(client: FlaskClient) -> None:
    assert client.get("/api/v1/schema?language=xx").status_code == 400


# ── ETags and gzip ───────────────────────────────────────────────────────────
@served
@pytest.mark.parametrize("path", ["/api/v1/model", "/api/v1/schema", "/api/v1/runs", "/api/v1/models"])
def test_what_has_not_changed_is_not_sent_again(client: FlaskClient, path: str) -> None:
    tag = client.get(path).headers["ETag"]
    again = client.get(path, headers={"If-None-Match": tag, "Accept-Encoding": "gzip"})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(path, headers={"If-None-Match": 'W/"other"'}).status_code == 200


@served
def test_large_answers_are_compressed_for_those_who_ask(client: FlaskClient) -> None:
    plain, small = client.get("/api/v1/schema"), ask(client, [ROW], **{"Accept-Encoding": "gzip"})
    packed = client.get("/api/v1/schema", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Content-Length"] == str(len(packed.data))
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Content-Encoding" not in plain.headers
    assert "Content-Encoding" not in small.headers
    assert "Content-Encoding" not in client.get("/api/v1/schema", headers={"Accept-Encoding": "gzip;q=0"}).headers


def test_pages_with_form_tokens_are_never_compressed(client: FlaskClient) -> None:
    assert "Content-Encoding" not in client.get("/login", headers={"Accept-Encoding": "gzip"}).headers


@served
def test_a_body_that_is_compressed_is_refused(client: FlaskClient) -> None:
    body = gzip.compress(json.dumps({"rows": [ROW]}).encode())
    headers = {"Content-Encoding": "gzip"}
    assert client.post(PREDICTIONS, data=body, content_type="application/json", headers=headers).status_code == 415


# ── limits ───────────────────────────────────────────────────────────────────
@served
def test_beyond_the_limit_a_program_is_told_when_to_come_back(app: Flask, client: FlaskClient) -> None:
    limit(app, 2)
    left = [ask(client, [ROW]).headers["RateLimit-Remaining"] for _ in range(2)]
    answer = ask(client, [ROW])
    assert left == ["1", "0"]
    assert (answer.status_code, answer.content_type) == (429, "application/problem+json")
    assert answer.headers["RateLimit-Limit"] == "2"
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["RateLimit-Reset"] == answer.headers["Retry-After"]


@served
def test_tokens_accounts_and_addresses_are_counted_apart(app: Flask, client: FlaskClient) -> None:
    limit(app, 1)
    first, second = make_token(app), make_token(app)
    callers: list[dict[str, str]] = [{}, bearer(first), bearer(second)]
    assert [ask(client, [ROW], **headers).status_code for headers in callers] == [200] * 3
    assert [ask(client, [ROW], **headers).status_code for headers in callers] == [429] * 3


@served
def test_reading_is_not_counted(app: Flask, client: FlaskClient) -> None:
    limit(app, 1)
    assert [client.get("/api/v1/model").status_code for _ in range(3)] == [200] * 3


def test_the_usual_limit_cuts_no_benchmark(settings: Settings) -> None:
    assert settings.predictions_per_minute >= 5_000 * 60


@served
def test_while_the_counts_are_away_rows_are_answered_and_nobody_signs_in(app: Flask, settings: Settings) -> None:
    app.extensions["proctor_store"].close()
    away = create_app(replace(settings, limits_url=f"redis://127.0.0.1:{find_free_port()}/0"))
    visitor = visit(away)
    assert ask(visitor.client, [ROW]).status_code == 200
    assert visitor.sign_in().status_code == 503
    away.extensions["proctor_store"].close()


@served
@pytest.mark.slow  # a server of its own
def test_two_processes_count_together_in_redis(app: Flask, settings: Settings) -> None:
    program = find_redis()
    if program is None:
        pytest.skip("redis-server is not installed (Debian: apt install redis-server)")
    app.extensions["proctor_store"].close()
    with run_redis(program) as url:
        apps = [create_app(replace(settings, limits_url=url, predictions_per_minute=3)) for _ in range(2)]
        statuses = [ask(apps[turn % 2].test_client(), [ROW]).status_code for turn in range(4)]
        for one in apps:
            one.extensions["proctor_store"].close()
    assert statuses == [200, 200, 200, 429]
