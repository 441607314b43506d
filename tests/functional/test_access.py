"""Who may call what: every route and method of the site stands in `access_table.txt`, and behaves as it says there.

A new route needs a line of its own. `in` means past the guard (whatever the page then says), `sign-in` that nobody is
sent to the sign-in page or, under /api, answered with 401, and `no` that somebody who is signed in is refused.
"""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.builders.accounts import Visitor, visit, visit_with_role

TABLE = Path(__file__).with_name("access_table.txt")
CALLERS = ("nobody", "nobody-closed", "reader", "admin")
Calls = dict[tuple[str, str], str]


def read_table(caller: str) -> Calls:
    lines = [line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    return {(method, path): outcomes[CALLERS.index(caller)] for method, path, *outcomes in lines}


def list_routes(app: Flask) -> list[tuple[str, str]]:
    return [
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    ]


def call(visitor: Visitor, method: str, path: str) -> TestResponse:
    """Call a route with made-up values in the places of its arguments, and nothing in the form but its token."""
    address = re.sub(r"<[^>]+>", "x", re.sub(r"<int:[^>]+>", "1", path))
    if method == "GET":
        return visitor.get(address, buffered=True)
    if address.startswith("/api/"):
        return visitor.client.open(address, method=method, json={})
    return visitor.client.open(address, method=method, data={"csrf_token": visitor.token()})


def judge(answer: TestResponse) -> str:
    if answer.status_code == 401 or (answer.location or "").startswith("/login"):
        return "sign-in"
    if answer.status_code == 403:
        return "no"
    return "in" if answer.status_code < 500 or answer.status_code == 503 else f"error {answer.status_code}"


@pytest.mark.parametrize("caller", CALLERS)
def test_routes_let_in_whom_the_table_names(app: Flask, caller: str) -> None:
    is_open = caller in {"nobody", "admin"}
    app.extensions["proctor_settings"] = replace(app.extensions["proctor_settings"], open_reading=is_open)
    is_somebody = caller in {"reader", "admin"}
    found: Calls = {}
    for number, (method, path) in enumerate(list_routes(app)):
        visitor = visit_with_role(app, caller, name=f"{caller} {number}") if is_somebody else visit(app)
        found[method, path] = judge(call(visitor, method, path))

    assert found == read_table(caller), f"{TABLE.name} and the site differ: each route has a line there"


def test_health_of_the_table() -> None:
    lines = [line for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]

    assert len({tuple(line.split()[:2]) for line in lines}) == len(lines)
    assert all(len(line.split()) == 2 + len(CALLERS) for line in lines)
