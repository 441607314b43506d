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
from tests.builders.tokens import bearer, make_token
from webapp.accounts.api_tokens.scopes import SCOPES, Scope
from webapp.programs import is_for_api

TABLE = Path(__file__).with_name("access_table.txt")
TOKENS = Path(__file__).with_name("token_table.txt")
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


def read_scopes() -> Calls:
    lines = [line.split() for line in TOKENS.read_text().splitlines() if line and not line.startswith("#")]
    return {(method, path): scope for method, path, scope in lines}


def call(visitor: Visitor, method: str, path: str, headers: dict[str, str] | None = None) -> TestResponse:
    """Call a route with made-up values in the places of its arguments, and nothing in the form but its token."""
    address = re.sub(r"<[^>]+>", "x", re.sub(r"<int:[^>]+>", "1", path))
    if method == "GET":
        return visitor.get(address, buffered=True, headers=headers)
    if address.startswith("/api/") or address == "/invocations":
        return visitor.client.open(address, method=method, json={}, headers=headers)
    return visitor.client.open(address, method=method, data={"csrf_token": visitor.token()}, headers=headers)


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


@pytest.mark.parametrize("scope", [*SCOPES, "expired"])
def test_tokens_open_what_their_scope_is_for_and_nothing_else(app: Flask, scope: Scope) -> None:
    """An admin's token, on a site that is closed: whatever the account may, the scope decides."""
    app.extensions["proctor_settings"] = replace(app.extensions["proctor_settings"], open_reading=False)
    is_good = scope != "expired"
    headers = bearer(make_token(app, *((scope,) if is_good else ()), role="admin", now=None if is_good else 0))
    scopes, found, expected = read_scopes(), {}, {}
    for method, path in list_routes(app):
        if read_table("nobody-closed")[method, path] != "sign-in":
            continue  # it is open to everybody
        found[method, path] = judge(call(visit(app), method, path, headers))
        expected[method, path] = ("in" if scopes.get((method, path)) == scope else "no") if is_good else "sign-in"

    assert found == expected, f"{TOKENS.name} and the site differ: what tokens open has a line there"


def test_programs_get_by_token_whatever_the_api_has(app: Flask) -> None:
    missing = [key for key in list_routes(app) if is_for_api(key[1]) and key not in read_scopes()]
    assert missing == [], "say in @access which scope it takes, and in the table"


def test_health_of_the_table() -> None:
    lines = [line for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]

    assert len({tuple(line.split()[:2]) for line in lines}) == len(lines)
    assert all(len(line.split()) == 2 + len(CALLERS) for line in lines)
