"""API tokens: made and shown once, refused in words, revoked at once."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, select, update

from tests.builders.accounts import Visitor, visit, visit_with_role
from tests.builders.pages import find_faults
from tests.builders.tokens import bearer, make_token
from webapp.accounts.api_tokens.actions import DAY, MOST_TOKENS, issue_token
from webapp.accounts.queries import User
from webapp.clock import now_ms
from webapp.store.tables import session, token, user

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.test import TestResponse

    from webapp.store.session import Store

MODELS = "/api/v1/models"
FORM = {"name": "nightly import", "scopes": "read", "days": "30"}


@pytest.fixture(autouse=True)
def _closed(app: Flask) -> None:
    """Reading takes an account."""
    app.extensions["proctor_settings"] = replace(app.extensions["proctor_settings"], open_reading=False)


@pytest.fixture
def store(app: Flask) -> Store:
    found: Store = app.extensions["proctor_store"]
    return found


def ask(app: Flask, text: str, path: str = MODELS) -> TestResponse:
    return visit(app).get(path, headers=bearer(text))


def make(visitor: Visitor, **changes: str) -> str:
    """Make a token on the page and copy it from there."""
    answer = visitor.send("/account/tokens", **(FORM | changes))
    assert answer.status_code == 201, answer.text
    found = re.search(r"<code>(proctor_[\w-]+)</code>", answer.text)
    assert found
    return found[1]


# ── the page ─────────────────────────────────────────────────────────────────
def test_a_token_is_shown_once_and_kept_as_a_hash(app: Flask, store: Store) -> None:
    grace = visit_with_role(app, "reader")
    text = make(grace)
    with store.read() as conn:
        kept = conn.execute(select(token)).one()
    page = grace.get("/account/tokens").text
    assert ask(app, text).status_code == 200
    assert text not in page
    assert text not in str(kept)
    assert f"…{text[-4:]}" in page
    assert "nightly import" in page


def test_the_answer_with_the_token_is_stored_nowhere_and_lists_it(app: Flask) -> None:
    answer = visit_with_role(app, "reader").send("/account/tokens", **FORM)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "You have 1 API token" in answer.text
    assert answer.text.count("checked") == 2  # the form is as nobody has touched it


def test_a_form_without_its_token_makes_none(app: Flask, store: Store) -> None:
    assert visit_with_role(app, "reader").client.post("/account/tokens", data=FORM).status_code == 400
    with store.read() as conn:
        assert conn.execute(select(token)).all() == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": " "}, "Say what the token is for."),
        ({"name": "x" * 101}, "at most 100"),
        ({"name": "a\u202eb"}, "letters, digits and signs only"),
        ({"scopes": ""}, "Tick at least one."),
        ({"scopes": "everything"}, "everything"),
        ({"days": "36500"}, "Not a valid choice"),
    ],
)
def test_what_can_be_no_token_is_pointed_out(app: Flask, changes: dict[str, str], said: str) -> None:
    answer = visit_with_role(app, "reader").send("/account/tokens", **{k: v for k, v in (FORM | changes).items() if v})
    assert answer.status_code == 422
    assert said in answer.text


def test_an_account_has_so_many_tokens(app: Flask, store: Store) -> None:
    grace = visit_with_role(app, "reader", "grace")
    for _ in range(MOST_TOKENS):
        issue_token(store, User(1, "grace", "reader"), "one", frozenset({"read"}), 1, now_ms())
    answer = grace.send("/account/tokens", **FORM)
    assert answer.status_code == 422
    assert "Revoke one first" in answer.text


def test_the_page_is_sound(app: Flask) -> None:
    grace = visit_with_role(app, "admin", "<script>")
    make(grace, name="<script>alert(1)</script>")
    for path in ("/account/tokens", "/admin/tokens", "/admin"):
        page = grace.get(path).text
        assert find_faults(page) == []
        assert "<script>alert" not in page


# ── revoking ─────────────────────────────────────────────────────────────────
def test_a_revoked_token_is_worth_nothing_from_then_on(app: Flask) -> None:
    grace = visit_with_role(app, "reader")
    text = make(grace)
    assert ask(app, text).status_code == 200
    assert grace.send("/account/tokens/1/revoke").status_code == 303
    answer = ask(app, text)
    assert answer.status_code == 401
    assert "revoked" in answer.get_json()["detail"]
    assert grace.send("/account/tokens/1/revoke").status_code == 404


def test_nobody_revokes_anothers_but_an_admin_does(app: Flask) -> None:
    text = make_token(app, owner="grace")
    mallory, ada = visit_with_role(app, "reader", "mallory"), visit_with_role(app, "admin", "ada")
    assert mallory.send("/account/tokens/1/revoke").status_code == 404
    assert ada.send("/account/tokens/1/revoke").status_code == 404
    assert ask(app, text).status_code == 200
    assert "grace" in ada.get("/admin/tokens").text
    assert ada.send("/admin/tokens/1/revoke").status_code == 303
    assert ask(app, text).status_code == 401


@pytest.mark.parametrize("number", [2, 2**31, 2**63])
def test_a_token_that_is_none_is_not_found(app: Flask, number: int) -> None:
    assert visit_with_role(app, "admin").send(f"/admin/tokens/{number}/revoke").status_code == 404


def test_making_and_revoking_stand_in_the_log_of_events(app: Flask) -> None:
    grace = visit_with_role(app, "admin", "grace")
    make(grace, name="nightly")
    grace.send("/admin/tokens/1/revoke")
    page = grace.get("/admin").text
    assert "made the API token “nightly”" in page
    assert "revoked the API token “nightly”" in page


# ── what a token is refused ──────────────────────────────────────────────────
def refuse(answer: TestResponse, status: int) -> str:
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="Proctor"')
    return answer.headers["WWW-Authenticate"] + " " + answer.get_json()["detail"]


def test_no_token_is_asked_for_one(app: Flask) -> None:
    said = refuse(visit(app).get(MODELS), 401)
    assert "error=" not in said
    assert "Authorization: Bearer" in said


@pytest.mark.parametrize("text", ["proctor_nothing", "", "ñ", "x" * 5000])
def test_a_token_that_never_was_is_refused(app: Flask, text: str) -> None:
    answer = visit(app).get(MODELS, headers=[("Authorization", f"Bearer {text}".encode().decode("latin-1"))])
    assert 'error="invalid_token"' in refuse(answer, 401)


def test_an_expired_token_is_refused(app: Flask) -> None:
    text = make_token(app, days=1, now=now_ms() - DAY)
    assert "expired" in refuse(ask(app, text), 401)


def test_the_token_of_a_disabled_account_is_refused(app: Flask, store: Store) -> None:
    text = make_token(app)
    with store.write() as conn:
        conn.execute(update(user).values(is_enabled=False))
    assert "disabled" in refuse(ask(app, text), 401)


def test_a_missing_scope_is_named(app: Flask) -> None:
    answer = ask(app, make_token(app, "predict"))
    assert 'error="insufficient_scope", scope="read"' in refuse(answer, 403)
    assert answer.get_json()["scope"] == "read"


def test_a_bad_token_is_refused_where_nobody_needs_one(app: Flask) -> None:
    app.extensions["proctor_settings"] = replace(app.extensions["proctor_settings"], open_reading=True)
    assert visit(app).get(MODELS).status_code == 200
    assert ask(app, "proctor_nothing").status_code == 401
    assert ask(app, make_token(app, "predict")).status_code == 403


def test_a_session_does_not_make_up_for_a_bad_token(app: Flask) -> None:
    assert visit_with_role(app, "admin").get(MODELS, headers=bearer("proctor_nothing")).status_code == 401


def test_an_admins_token_opens_no_page_of_the_admins(app: Flask) -> None:
    text = make_token(app, role="admin")
    assert ask(app, text, "/admin").status_code == 403
    assert ask(app, text, "/account/tokens").status_code == 403


def test_a_program_changes_things_without_a_form_token(app: Flask) -> None:
    answer = visit(app).client.put(
        f"/api/v1/predictions/{'0' * 32}/1/truth",
        json={"truth": None},
        headers=bearer(make_token(app)) | {"Origin": "https://elsewhere.example"},
    )
    assert answer.status_code == 404  # past every guard: there is no such row


# ── the last use ─────────────────────────────────────────────────────────────
def test_the_last_use_is_kept_and_not_written_with_each_request(app: Flask, store: Store) -> None:
    text, writes = make_token(app), []
    event.listen(store.engine, "commit", lambda _conn: writes.append(1))
    began = now_ms()
    for _ in range(3):
        ask(app, text)
    with store.read() as conn:
        used = conn.execute(select(token.c.last_used_at)).scalar_one()
    assert began <= used <= now_ms()
    assert len(writes) == 1


def test_a_token_works_while_the_store_cannot_be_written(app: Flask, store: Store) -> None:
    text = make_token(app)
    event.listen(store.engine, "checkout", lambda dbapi, *_: dbapi.execute("PRAGMA busy_timeout = 30"))
    with store.engine.connect().execution_options(proctor_writes=True) as other, other.begin():
        assert ask(app, text).status_code == 200


def test_tokens_that_ended_long_ago_are_swept_away(app: Flask, store: Store) -> None:
    make_token(app, now=now_ms() - 100 * DAY)
    make_token(app)
    with store.read() as conn:
        assert len(conn.execute(select(token)).all()) == 1


def test_sessions_go_on_as_before(app: Flask, store: Store) -> None:
    grace = visit_with_role(app, "reader")
    assert grace.get(MODELS).status_code == 200
    with store.write() as conn:
        conn.execute(session.delete())
    assert grace.get(MODELS).status_code == 401
