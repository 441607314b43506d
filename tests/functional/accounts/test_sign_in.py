"""Signing in: only with the right password, only so often, and only back to a page of ours."""

import re

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select, update

from tests.builders.accounts import ADMIN, PASSWORD, add_admin, visit, visit_as_admin
from webapp.store.tables import user

REFUSAL = "do not belong together"


def test_right_password_signs_in(app: Flask) -> None:
    visitor = visit_as_admin(app)

    assert visitor.is_signed_in()


@pytest.mark.parametrize(
    ("name", "password"),
    [(ADMIN, "wrong horse battery"), ("nobody", PASSWORD), ("Ada", PASSWORD), (ADMIN, PASSWORD + " ")],
)
def test_wrong_ones_are_refused_in_the_same_words(app: Flask, name: str, password: str) -> None:
    add_admin(app)
    visitor = visit(app)
    answer = visitor.sign_in(name, password)

    assert answer.status_code == 422
    assert REFUSAL in answer.text
    assert f'value="{name}"' in answer.text
    assert password not in answer.text
    assert not visitor.is_signed_in()


@pytest.mark.parametrize(
    ("name", "password"), [("", PASSWORD), (ADMIN, ""), ("a\x00da", PASSWORD), (ADMIN, "x" * 1025)]
)
def test_incomplete_form_says_so(app: Flask, name: str, password: str) -> None:
    add_admin(app)
    answer = visit(app).sign_in(name, password)

    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert REFUSAL not in answer.text


def test_name_is_found_however_its_accents_are_typed(app: Flask) -> None:
    add_admin(app, "Jos\u00e9")

    assert visit(app).sign_in(" Jose\u0301 ").status_code == 303


def test_without_its_form_token_nobody_is_signed_in(app: Flask) -> None:
    add_admin(app)
    visitor = visit(app)
    answer = visitor.client.post("/login", data={"name": ADMIN, "password": PASSWORD})

    assert answer.status_code == 400
    assert "This form has gone stale" in answer.text
    assert not visitor.is_signed_in()


def test_form_token_of_another_session_is_refused(app: Flask) -> None:
    add_admin(app)
    stranger, visitor = visit(app), visit(app)
    visitor.token()
    answer = visitor.client.post("/login", data={"csrf_token": stranger.token(), "name": ADMIN, "password": PASSWORD})

    assert answer.status_code == 400


def test_disabled_account_cannot_sign_in(app: Flask) -> None:
    add_admin(app)
    with app.extensions["proctor_store"].write() as conn:
        conn.execute(update(user).values(is_enabled=False))

    answer = visit(app).sign_in()

    assert answer.status_code == 422
    assert REFUSAL in answer.text


def test_outdated_hash_is_replaced_at_sign_in(app: Flask) -> None:
    add_admin(app)
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    with app.extensions["proctor_store"].write() as conn:
        conn.execute(update(user).values(password_hash=weak))

    assert visit(app).sign_in().status_code == 303

    with app.extensions["proctor_store"].read() as conn:
        strong = conn.execute(select(user.c.password_hash)).scalar_one()
    assert "m=19456,t=2" in strong
    assert visit(app).sign_in().status_code == 303


def test_after_ten_wrong_passwords_not_even_the_right_one_is_looked_at(app: Flask) -> None:
    add_admin(app)
    visitor = visit(app)
    answers = [visitor.sign_in(password=f"wrong horse battery {number}").status_code for number in range(100)]

    assert answers == [422] * 10 + [429] * 90
    refused = visitor.sign_in()
    assert refused.status_code == 429
    assert 800 < int(refused.headers["Retry-After"]) <= 900
    assert re.search(r"Try again in 1[45] minutes\.", refused.text)
    assert not visitor.is_signed_in()


def test_limit_holds_across_browsers_and_spellings_of_the_name(app: Flask) -> None:
    add_admin(app)
    for number in range(10):
        forged = {"X-Forwarded-For": f"192.0.2.{number}"}
        visitor = visit(app)
        fields = {"csrf_token": visitor.token(), "name": ("ada", "ADA", " Ada ")[number % 3], "password": "wrong " * 3}
        assert visitor.client.post("/login", data=fields, headers=forged).status_code == 422

    assert visit(app).sign_in().status_code == 429


def test_unknown_names_are_limited_too(app: Flask) -> None:
    visitor = visit(app)

    assert [visitor.sign_in("nobody").status_code for _ in range(11)] == [422] * 10 + [429]


def test_another_address_and_another_account_may_still_sign_in(app: Flask) -> None:
    add_admin(app)
    add_admin(app, "bob")
    visitor = visit(app)
    for _ in range(11):
        visitor.sign_in(password="wrong horse battery")

    elsewhere = visit(app)
    fields = {"csrf_token": elsewhere.token(), "name": ADMIN, "password": PASSWORD}
    from_there = elsewhere.client.post("/login", data=fields, environ_overrides={"REMOTE_ADDR": "192.0.2.7"})

    assert visitor.sign_in("bob").status_code == 303
    assert from_there.status_code == 303


def test_right_passwords_do_not_count(app: Flask) -> None:
    add_admin(app)

    assert [visit(app).sign_in().status_code for _ in range(12)] == [303] * 12


@pytest.mark.parametrize("wanted", ["/", "/admin", "/runs?sort=-accuracy"])
def test_sign_in_leads_back(app: Flask, wanted: str) -> None:
    add_admin(app)

    assert visit(app).sign_in(destination=wanted).location == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/\t/evil.example",
        "/\r\nX: y",
        "javascript:alert(1)",
    ],
)
def test_sign_in_leads_nowhere_else(app: Flask, wanted: str) -> None:
    add_admin(app)
    visitor = visit(app)

    assert visitor.sign_in(destination=wanted).location == "/"
    already_in = visitor.get("/login", query_string={"next": wanted})
    assert (already_in.status_code, already_in.location) == (303, "/")


def test_form_passes_on_only_pages_of_ours(app: Flask) -> None:
    visitor = visit(app)

    assert 'action="/login?next=/admin"' in visitor.get("/login?next=/admin").text
    assert "evil.example" not in re.findall(r'action="/login[^"]*"', visitor.get("/login?next=//evil.example").text)[0]


def test_fields_tell_password_keepers_what_they_are(app: Flask) -> None:
    html = visit(app).get("/login").text

    assert re.search(r'<input[^>]*autocomplete="username"[^>]*name="name"', html)
    assert re.search(r'<input[^>]*autocomplete="current-password"[^>]*name="password"', html)
