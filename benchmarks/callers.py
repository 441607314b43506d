"""Who calls a Proctor of a benchmark, a program with a token and a person with a session, and the bytes they send."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urlsplit

from tests.builders.accounts import ADMIN, PASSWORD, find_token
from webapp.accounts.actions import create_admin
from webapp.accounts.api_tokens.actions import issue_token
from webapp.accounts.api_tokens.scopes import SCOPES
from webapp.clock import now_ms
from webapp.store.session import open_store


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in: their cookie, and the form token of their session."""

    cookie: str
    form_token: str


def make_token(database_url: str) -> str:
    """Make an admin, and a token of theirs for everything."""
    store = open_store(database_url)
    try:
        admin = create_admin(store, ADMIN, PASSWORD, now_ms())
        return issue_token(store, admin, "benchmark", frozenset(SCOPES), 1, now_ms())
    finally:
        store.close()


def sign_in(address: str) -> Person:
    """Sign in as the admin by the site's own form."""
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    token = find_token(browser.open(f"{address}/login").read().decode())
    fields = {"csrf_token": token, "name": ADMIN, "password": PASSWORD}
    browser.open(f"{address}/login", urlencode(fields).encode()).read()
    page = browser.open(f"{address}/predict").read().decode()
    if ADMIN not in page:
        raise SystemExit("signing in failed")
    return Person("; ".join(f"{cookie.name}={cookie.value}" for cookie in jar), find_token(page))


def get(address: str, path: str, **headers: str) -> bytes:
    """A request for a page."""
    return _write("GET", address, path, headers)


def post_json(address: str, path: str, document: object, **headers: str) -> bytes:
    """A request that sends JSON."""
    body = json.dumps(document).encode()
    return _write("POST", address, path, {**headers, "Content-Type": "application/json"}, body)


def post_form(address: str, path: str, fields: Mapping[str, str], **headers: str) -> bytes:
    """A request that sends a form."""
    body = urlencode(fields).encode()
    return _write("POST", address, path, {**headers, "Content-Type": "application/x-www-form-urlencoded"}, body)


def _write(method: str, address: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    length = {"Content-Length": str(len(body))} if method == "POST" else {}
    named = {"Host": urlsplit(address).netloc, **headers, **length}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in named.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body
