"""Errors are pages: they say what happened and what to do, and never how it looks inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.builders.accounts import visit_as_admin
from tests.builders.pages import find_faults
from webapp.security import LARGEST_BODY, access

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from flask.typing import ResponseReturnValue
    from werkzeug.test import TestResponse

    from ml.settings import Settings


def check(answer: TestResponse, status: int, title: str) -> None:
    assert answer.status_code == status
    assert f"<h1>{title}</h1>" in answer.text
    assert "Traceback" not in answer.text
    assert find_faults(answer.text) == []


def test_a_page_that_is_not_there(client: FlaskClient) -> None:
    check(client.get("/no-such-page"), 404, "There is no such page")


def test_a_method_that_is_not_meant(client: FlaskClient) -> None:
    answer = client.get("/logout")
    check(answer, 405, "That is not how this page is used")
    assert answer.headers["Allow"]


def test_a_form_that_has_gone_stale(app: Flask) -> None:
    admin = visit_as_admin(app)
    check(admin.client.post("/admin/retrain", data={"csrf_token": "old"}), 400, "This form has gone stale")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example"])
def test_a_forged_host_is_refused_and_repeated_nowhere(client: FlaskClient, host: str) -> None:
    answer = client.get("/", headers={"Host": host})
    assert answer.status_code == 400
    assert host not in answer.text
    assert host not in str(answer.headers)
    assert answer.headers["Content-Security-Policy"]


def test_a_body_that_is_too_large(client: FlaskClient) -> None:
    answer = client.post("/login", data=b"x" * (LARGEST_BODY + 1), content_type="application/x-www-form-urlencoded")
    check(answer, 413, "That is too large")


def test_what_nobody_foresaw_is_logged_and_not_shown(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    @app.get("/broken")
    @access("anyone")
    def broken() -> ResponseReturnValue:
        raise RuntimeError("the secret")

    answer = app.test_client().get("/broken")
    check(answer, 500, "Something went wrong here")
    assert "the secret" not in answer.text
    assert "the secret" in caplog.text


@pytest.mark.parametrize("path", ["/", "/runs", "/explore", "/predict"])
def test_a_store_that_is_away(app: Flask, settings: Settings, path: str, caplog: pytest.LogCaptureFixture) -> None:
    app.extensions["proctor_store"].close()
    for file in settings.data_dir.glob("proctor.sqlite*"):
        file.write_bytes(b"this is no database" * 100)
    check(app.test_client().get(path), 503, "The store does not answer")
    assert "the store did not answer" in caplog.text
    assert str(settings.data_dir) not in app.test_client().get(path).text


def test_a_store_that_is_away_answers_the_api_with_a_problem(app: Flask, settings: Settings) -> None:
    app.extensions["proctor_store"].close()
    (settings.data_dir / "proctor.sqlite").write_bytes(b"this is no database" * 100)
    answer = app.test_client().get("/api/v1/runs")
    assert answer.status_code == 503
    assert answer.mimetype == "application/problem+json"
