"""Bodies that break readers of JSON: every operation that takes one refuses them in words, and logs nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from tests.builders.accounts import visit_with_role
from tests.builders.tables import student_spec
from webapp.store.tables import prediction_request

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from webapp.store.session import Store

ROW: dict[str, Any] = {column.name: column.categories[-1] for column in student_spec().features}
NAME = next(iter(ROW))


def cell(text: str) -> str:
    """The body of one good row but for one cell, as text."""
    return json.dumps({"rows": [ROW | {NAME: "@"}]}).replace('"@"', text)


def around(text: str) -> str:
    return json.dumps({"rows": "@"}).replace('"@"', text)


BODIES = {
    "nothing": "",
    "a blank": " ",
    "half": '{"rows": [',
    "two": "{}{}",
    "a comment": '{"rows": [] /* none */}',
    "single quotes": "{'rows': []}",
    "a comma too many": '{"rows": [],}',
    "a list": "[]",
    "a text": '"rows"',
    "a number": "1",
    "null": "null",
    "true": "true",
    "NaN": cell("NaN"),
    "Infinity": cell("Infinity"),
    "-Infinity": cell("-Infinity"),
    "1e999": cell("1e999"),
    "2^63": cell(str(2**63)),
    "-2^63": cell(str(-(2**63))),
    "2^64": cell(str(2**64)),
    "4,000 digits": cell("9" * 4000),
    "5,000 digits": cell("9" * 5000),
    "1e-999": cell("1e-999"),
    "leading zero": cell("007"),
    "a lone surrogate": cell('"\\ud800"'),
    "a low surrogate": cell('"\\udc00"'),
    "a surrogate as a name": around('[{"\\ud800": 1}]'),
    "NUL": cell('"\\u0000"'),
    "NUL as a name": around('[{"\\u0000": 1}]'),
    "a raw control": cell('"a\nb"'),
    "right to left": cell('"\\u202e"'),
    "8,000 characters": cell(json.dumps("x" * 8000)),
    "emoji": cell('"\\ud83c\\udf19"'),
    "a homoglyph": cell('"\\u0301"'),
    "script": cell('"<script>alert(1)</script>"'),
    "a name twice": '{"rows": [], "rows": []}',
    "a column twice": around('[{"a": 1, "a": 2}]'),
    "deep lists": "[" * 100_000,
    "deep objects": '{"a":' * 5_000,
    "deep and closed": '{"rows":' + "[" * 500 + "]" * 500 + "}",
    "21 levels": '{"rows":' + "[" * 21 + "]" * 21 + "}",
    "a cell of true": cell("true"),
    "a cell of a list": cell("[]"),
    "a cell of an object": cell("{}"),
    "a cell of a number": cell("1"),
    "an unknown value": cell('"martian"'),
    "rows as a text": around('"abc"'),
    "rows as an object": around("{}"),
    "rows as null": around("null"),
    "no rows": around("[]"),
    "a row of null": around("[null]"),
    "a row of a list": around("[[]]"),
    "a row of nothing": around("[{}]"),
    "__proto__": around('[{"__proto__": {}}]'),
    "an unknown member": json.dumps({"rows": [ROW], "more": 1}),
}
RAW = {
    "UTF-16": json.dumps({"rows": [ROW]}).encode("utf-16"),
    "UTF-32": json.dumps({"rows": [ROW]}).encode("utf-32"),
    "Latin-1": b'{"rows": [{"\xe9": 1}]}',
    "a byte order mark": b"\xef\xbb\xbf" + json.dumps({"rows": [ROW]}).encode(),
    "an encoded surrogate": b'{"rows": "\xed\xa0\x80"}',
    "an overlong form": b'{"rows": "\xc0\xaf"}',
    "gzip": b"\x1f\x8b\x08\x00",
    "9 MB": b" " * 9_000_000,
}
ALL = {name: body.encode() for name, body in BODIES.items()} | RAW


@pytest.fixture
def grace(app: Flask, served_store: Store) -> FlaskClient:
    """Somebody who may do all that takes a body."""
    return visit_with_role(app, "reader").client


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("POST", "/api/v1/predictions", "application/problem+json"),
        ("PUT", f"/api/v1/predictions/{'0' * 32}/1/truth", "application/problem+json"),
        ("POST", "/invocations", "application/json"),
    ],
)
def test_every_hostile_body_is_refused_in_words(
    grace: FlaskClient, served_store: Store, method: str, path: str, kind: str
) -> None:
    for name, body in ALL.items():
        answer = grace.open(path, method=method, data=body, content_type="application/json")
        said = answer.get_json()
        assert 400 <= answer.status_code < 500, (name, answer.status_code, answer.text[:300])
        assert answer.content_type == kind, name
        assert len(said.get("detail") or said.get("message") or "") >= 15, (name, said)
        assert len(answer.data) < 5_000, name
        assert "Traceback" not in answer.text, name
    with served_store.read() as conn:
        assert conn.execute(select(prediction_request)).all() == []
