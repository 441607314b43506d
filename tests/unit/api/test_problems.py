"""The API reads JSON strictly and words every error as a problem document."""

from http import HTTPStatus
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, TooManyRequests

from webapp.api.problems import Problem, answer_problem, read_json_object
from webapp.programs import is_for_api

app = Flask("reading")


def read(body: bytes | str, content_type: str = "application/json", largest: int = 10_000) -> dict[str, Any]:
    with app.test_request_context("/api/v1/things", method="POST", data=body, content_type=content_type):
        return read_json_object(largest)


def refuse(body: bytes | str, **options: Any) -> tuple[int | None, str]:
    with pytest.raises(HTTPException) as caught:
        read(body, **options)
    return caught.value.code, str(caught.value.description)


def test_an_object_is_read() -> None:
    assert read('{"rows": [{"a": 1, "b": null, "c": "ñ", "d": -0.5}]}') == {
        "rows": [{"a": 1, "b": None, "c": "ñ", "d": -0.5}]
    }
    assert read('{"big": 9223372036854775807}') == {"big": 2**63 - 1}


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "application/merge-patch+json"])
def test_json_has_several_names(content_type: str) -> None:
    assert read("{}", content_type=content_type) == {}


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_what_a_form_could_send_is_not_json(content_type: str) -> None:
    assert refuse('{"rows": []}', content_type=content_type)[0] == 415


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ("", 400, "not JSON"),
        ("{", 400, "line 1, column 2"),
        (b"\xff\xfe{\x00}\x00", 400, "UTF-8"),
        (b'{"a": "\xff"}', 400, "UTF-8"),
        ('{"a": NaN}', 400, "NaN"),
        ('{"a": -Infinity}', 400, "Infinity"),
        ('{"a": 1, "a": 2}', 400, '"a" stands twice'),
        ('{"rows": [{"b": 1, "b": 1}]}', 400, '"b" stands twice'),
        ('{"a": 9223372036854775808}', 422, "64 bits"),
        ('{"a": ' + "9" * 400 + "}", 422, "64 bits"),
        ('{"a": ' + "9" * 5000 + "}", 422, "64 bits"),
        ('{"a": 1e400}', 422, "too large"),
        ('{"a": "\\ud800"}', 422, "surrogate"),
        ('{"\\udfff": 1}', 422, "surrogate"),
        ("[" * 5000, 400, "nests deeper"),
        ('{"a": ' + "[" * 30 + "]" * 30 + "}", 400, "nests deeper"),
        ("[]", 422, "object"),
        ('"text"', 422, "object"),
        ("null", 422, "object"),
        ("12", 422, "object"),
    ],
)
def test_what_is_not_an_orderly_object_is_refused(body: bytes | str, status: int, words: str) -> None:
    found, detail = refuse(body)

    assert found == status
    assert words in detail


def test_a_body_that_is_too_large_is_not_read() -> None:
    assert refuse('{"a": "' + "x" * 100 + '"}', largest=50)[0] == 413


def test_a_body_that_does_not_say_its_length_is_not_read_to_its_end() -> None:
    endless = BytesIO(b"[" * 1000)
    chunked = {"wsgi.input": endless, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    with (
        app.test_request_context(method="POST", content_type="application/json", environ_overrides=chunked),
        pytest.raises(HTTPException) as caught,
    ):
        read_json_object(largest=50)

    assert caught.value.code == 413
    assert endless.tell() <= 51


@pytest.mark.parametrize(
    ("path", "expected"), [("/api", True), ("/api/v1/runs", True), ("/apiary", False), ("/runs", False), ("/", False)]
)
def test_paths_of_the_api(path: str, *, expected: bool) -> None:
    assert is_for_api(path) is expected


def test_problem_names_status_and_what_is_wrong_where() -> None:
    errors = [{"pointer": "/rows/0/age", "detail": "not a number"}]
    with app.test_request_context("/api/v1/predictions"):
        response = answer_problem(Problem(422, "One row cannot be used.", errors=errors))

    assert response.status_code == 422
    assert response.mimetype == "application/problem+json"
    assert response.get_json() == {
        "type": "about:blank",
        "title": HTTPStatus(422).phrase,
        "status": 422,
        "detail": "One row cannot be used.",
        "errors": errors,
    }


def test_headers_that_say_what_to_do_are_kept() -> None:
    with app.test_request_context("/api/v1/runs"):
        assert answer_problem(MethodNotAllowed(valid_methods=["GET"])).headers["Allow"] == "GET"
        assert answer_problem(TooManyRequests(retry_after=30)).headers["Retry-After"] == "30"
        assert answer_problem(NotFound()).status_code == 404
