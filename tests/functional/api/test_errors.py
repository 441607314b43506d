"""Whatever goes wrong under /api is a problem document; nothing there is a page."""

from pathlib import Path

import pytest
from flask import Flask, request
from flask.typing import ResponseReturnValue

from ml.settings import Settings
from webapp.api.problems import read_json_object
from webapp.security import access


def add_echo(app: Flask) -> None:
    """Give the API a route that hands back what it read, and one that fails."""

    @app.post("/api/v1/echo")
    @access("anyone")
    def echo() -> ResponseReturnValue:
        return read_json_object(largest=1000)

    @app.get("/api/v1/broken")
    @access("anyone")
    def broken() -> ResponseReturnValue:
        raise RuntimeError(f"secret of {request.path}")

    @app.get("/api/v1/closed")
    @access("admin")
    def closed() -> ResponseReturnValue:
        return {}

    app.extensions["csrf"].exempt(f"{echo.__module__}.{echo.__name__}")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api", 404),
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v1/echo", 405),
        ("GET", "/api/v1/closed", 401),
        ("GET", "/api/v1/broken", 500),
    ],
)
def test_error_is_a_problem_document(app: Flask, method: str, path: str, status: int) -> None:
    add_echo(app)
    answer = app.test_client().open(path, method=method)

    assert answer.status_code == answer.get_json()["status"] == status
    assert answer.mimetype == "application/problem+json"
    assert set(answer.get_json()) == {"type", "title", "status", "detail"}
    assert "secret" not in answer.text
    assert "Location" not in answer.headers
    assert ("Allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ('{"a": 1}', "application/json", 200),
        ('{"a": 1}', "text/plain", 415),
        ("{", "application/json", 400),
        ("[]", "application/json", 422),
        ('{"a": "' + "x" * 2000 + '"}', "application/json", 413),
    ],
)
def test_bodies_are_read_strictly(app: Flask, body: str, content_type: str, status: int) -> None:
    add_echo(app)
    answer = app.test_client().post("/api/v1/echo", data=body, content_type=content_type)

    assert answer.status_code == status
    assert answer.mimetype == ("application/json" if status == 200 else "application/problem+json")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://localhost"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://localhost:81"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_other_sites_change_nothing_through_the_api(app: Flask, headers: dict[str, str], status: int) -> None:
    add_echo(app)
    answer = app.test_client().post("/api/v1/echo", json={"a": 1}, headers=headers)

    assert answer.status_code == status


def test_pages_outside_the_api_stay_pages(app: Flask) -> None:
    answer = app.test_client().get("/apiary")

    assert answer.status_code == 404
    assert answer.mimetype == "text/html"


def test_store_that_is_away_is_a_problem_of_503(app: Flask, settings: Settings) -> None:
    add_echo(app)
    store_file = Path(settings.database_url.removeprefix("sqlite:///"))
    app.extensions["proctor_store"].close()
    store_file.unlink()
    store_file.mkdir()
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "somebody"

    answer = client.get("/api/v1/closed")

    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert str(store_file.parent) not in answer.text
