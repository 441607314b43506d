"""A session lives in the store: it ends when its row does, whatever cookies are about."""

import hashlib
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from ml.settings import Settings
from tests.builders.accounts import add_admin, visit, visit_as_admin
from webapp.accounts.actions import SESSION_LASTS
from webapp.clock import now_ms
from webapp.store.tables import session, user


def count_sessions(app: Flask) -> int:
    with app.extensions["proctor_store"].read() as conn:
        return conn.execute(select(func.count()).select_from(session)).scalar_one()


def test_store_knows_only_the_hash_of_the_token(app: Flask) -> None:
    visitor = visit_as_admin(app)
    with visitor.client.session_transaction() as cookie:
        token = cookie["_user_id"]
    with app.extensions["proctor_store"].read() as conn:
        row = conn.execute(select(session)).one()

    assert row.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert len(token) == 43


def test_session_ends_twelve_hours_after_sign_in(app: Flask) -> None:
    visitor = visit_as_admin(app)
    with app.extensions["proctor_store"].read() as conn:
        row = conn.execute(select(session)).one()
    assert row.expires_at - row.created_at == SESSION_LASTS == 12 * 3600 * 1000

    with app.extensions["proctor_store"].write() as conn:
        conn.execute(update(session).values(expires_at=now_ms()))

    assert not visitor.is_signed_in()


def test_copied_cookie_is_worth_nothing_after_sign_out(app: Flask) -> None:
    visitor, thief = visit_as_admin(app), visit(app)
    thief.client.set_cookie("proctor", visitor.cookie())
    assert thief.is_signed_in()

    assert visitor.send("/logout").status_code == 303

    assert not visitor.is_signed_in()
    assert not thief.is_signed_in()
    assert count_sessions(app) == 0


def test_cookie_brought_back_after_sign_out_is_worth_nothing(app: Flask) -> None:
    visitor = visit_as_admin(app)
    kept = visitor.cookie()
    visitor.send("/logout")
    visitor.client.set_cookie("proctor", kept)

    assert not visitor.is_signed_in()


def test_sign_out_is_no_link(app: Flask) -> None:
    visitor = visit_as_admin(app)

    assert visitor.get("/logout").status_code == 405
    assert visitor.is_signed_in()


def test_sign_out_needs_its_form_token(app: Flask) -> None:
    visitor = visit_as_admin(app)

    assert visitor.client.post("/logout").status_code == 400
    assert visitor.is_signed_in()


def test_nobody_may_sign_out_too(app: Flask) -> None:
    assert visit(app).send("/logout").status_code == 303


def test_sign_in_takes_nothing_over_from_the_session_before(app: Flask) -> None:
    add_admin(app)
    visitor = visit(app)
    with visitor.client.session_transaction() as cookie:
        cookie.update({"_user_id": "planted", "planted": "yes", "language": "en"})
    token_before = visitor.token()
    with visitor.client.session_transaction() as cookie:
        raw_before = cookie["csrf_token"]

    visitor.sign_in()

    with visitor.client.session_transaction() as cookie:
        assert cookie["_user_id"] != "planted"
        assert "planted" not in cookie
        assert cookie["language"] == "en"
        assert cookie.get("csrf_token") != raw_before
    assert visitor.client.post("/logout", data={"csrf_token": token_before}).status_code == 400


def test_second_sign_in_ends_the_first_session_of_this_browser(app: Flask) -> None:
    visitor, thief = visit_as_admin(app), visit(app)
    thief.client.set_cookie("proctor", visitor.cookie())
    fields = {"csrf_token": visitor.token(), "name": "ada", "password": "correct horse battery"}

    assert visitor.client.post("/login", data=fields).status_code == 303

    assert visitor.is_signed_in()
    assert not thief.is_signed_in()
    assert count_sessions(app) == 1


def test_two_browsers_have_two_sessions(app: Flask) -> None:
    first, second = visit_as_admin(app), visit(app)
    second.sign_in()
    first.send("/logout")

    assert second.is_signed_in()


def test_disabled_account_is_signed_out_at_once(app: Flask) -> None:
    visitor = visit_as_admin(app)
    with app.extensions["proctor_store"].write() as conn:
        conn.execute(update(user).values(is_enabled=False))

    assert not visitor.is_signed_in()


def test_deleted_account_is_signed_out_at_once(app: Flask) -> None:
    visitor = visit_as_admin(app)
    with app.extensions["proctor_store"].write() as conn:
        conn.execute(delete(user))

    assert not visitor.is_signed_in()
    assert count_sessions(app) == 0


def test_sessions_that_ran_out_are_swept_away(app: Flask) -> None:
    visit_as_admin(app)
    with app.extensions["proctor_store"].write() as conn:
        conn.execute(update(session).values(expires_at=now_ms()))
    visit(app).sign_in()

    assert count_sessions(app) == 1


@pytest.mark.parametrize("cookie", ["", "x", "eyJfdXNlcl9pZCI6IjEifQ.ZZZZZZ.forged", "é" * 50])
def test_forged_cookie_is_nobody(app: Flask, cookie: str) -> None:
    add_admin(app)
    visitor = visit(app)
    visitor.client.set_cookie("proctor", cookie)

    assert not visitor.is_signed_in()


@pytest.mark.parametrize("token", ["1", "ada", "\ud800", ""])
def test_signed_cookie_with_another_token_is_nobody(app: Flask, token: str) -> None:
    add_admin(app)
    visitor = visit(app)
    with visitor.client.session_transaction() as cookie:
        cookie["_user_id"] = token

    assert not visitor.is_signed_in()


def test_cookie_is_kept_from_scripts_and_other_sites(app: Flask) -> None:
    add_admin(app)
    plain = visit(app).sign_in().headers["Set-Cookie"]

    assert "HttpOnly" in plain
    assert "SameSite=Lax" in plain
    assert "Secure" not in plain
    assert "Expires" not in plain


def test_cookie_that_came_by_https_stays_there(app: Flask) -> None:
    answer = app.test_client().get("/login", base_url="https://localhost")

    assert "Secure" in answer.headers["Set-Cookie"]


def test_files_are_served_to_the_signed_in_while_the_store_is_away(app: Flask, settings: Settings) -> None:
    visitor = visit_as_admin(app)
    store_file = Path(settings.database_url.removeprefix("sqlite:///"))
    app.extensions["proctor_store"].close()
    store_file.unlink()
    store_file.mkdir()

    with visitor.get("/static/css/proctor.css") as file:
        assert file.status_code == 200
    away = visitor.get("/login")
    assert away.status_code == 503
    assert "The store does not answer" in away.text


def test_answers_to_the_signed_in_are_not_stored(app: Flask) -> None:
    assert visit_as_admin(app).get("/no-such-page").headers["Cache-Control"] == "no-store"
