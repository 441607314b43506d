"""The one-time link: printed while nobody has an account, good once, for a day, and only the newest."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.builders.accounts import PASSWORD, add_admin, issue_link, visit
from webapp.accounts import print_setup_link
from webapp.accounts.actions import LINK_LASTS
from webapp.clock import now_ms
from webapp.store.tables import event, setup_link, user

GOOD = {"name": "ada", "password": PASSWORD, "repetition": PASSWORD}


def printed(app: Flask) -> str:
    stream = io.StringIO()
    print_setup_link(app, stream)
    return stream.getvalue()


def count_users(app: Flask) -> int:
    with app.extensions["proctor_store"].read() as conn:
        return conn.execute(select(func.count()).select_from(user)).scalar_one()


def test_link_is_printed_as_one_line(app: Flask) -> None:
    assert re.fullmatch(r"Create the first admin: http://127\.0\.0\.1:8080/setup/[\w-]{43}\n", printed(app))


def test_link_goes_to_standard_error(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    print_setup_link(app)

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("Create the first admin: http://")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("0.0.0.0", "http://127.0.0.1:81/setup/"),  # noqa: S104
        ("::", "http://[::1]:81/setup/"),
        ("proctor.example", "http://proctor.example:81/setup/"),
    ],
)
def test_link_names_an_address_that_can_be_opened(app: Flask, host: str, address: str) -> None:
    app.extensions["proctor_settings"] = replace(app.extensions["proctor_settings"], host=host, port=81)

    assert address in printed(app)


def test_nothing_is_printed_once_somebody_has_an_account(app: Flask) -> None:
    add_admin(app)

    assert printed(app) == ""


def test_store_does_not_know_the_token(app: Flask) -> None:
    token = printed(app).strip().rpartition("/")[2]
    with app.extensions["proctor_store"].read() as conn:
        kept = conn.execute(select(setup_link.c.token_hash)).scalars().all()

    assert kept
    assert token not in " ".join(kept)


def test_link_creates_the_admin_and_signs_in(app: Flask) -> None:
    link, visitor = issue_link(app), visit(app)

    assert visitor.get(link).status_code == 200
    answer = visitor.send(link, **GOOD)

    assert (answer.status_code, answer.location) == (303, "/")
    assert visitor.is_signed_in()
    assert visit(app).sign_in("ada", PASSWORD).status_code == 303
    with app.extensions["proctor_store"].read() as conn:
        assert conn.execute(select(user.c.role, user.c.is_enabled)).one() == ("admin", True)
        assert conn.execute(select(event.c.action, event.c.subject)).one() == ("account_created", "ada")


def test_password_is_kept_as_a_hash(app: Flask) -> None:
    visit(app).send(issue_link(app), **GOOD)
    with app.extensions["proctor_store"].read() as conn:
        assert conn.execute(select(user.c.password_hash)).scalar_one().startswith("$argon2id$")


def test_link_works_once(app: Flask) -> None:
    link = issue_link(app)
    visit(app).send(link, **GOOD)

    shown = visit(app).get(link)
    sent = visit(app).send(link, **(GOOD | {"name": "bob"}))

    assert shown.status_code == sent.status_code == 410
    assert "It has been used" in shown.text
    assert count_users(app) == 1


def test_of_many_that_come_at_once_one_wins(app: Flask) -> None:
    link = issue_link(app)
    visitors = [visit(app) for _ in range(6)]
    tokens = [visitor.token() for visitor in visitors]

    def send(number: int) -> int:
        fields = GOOD | {"name": f"user{number}", "csrf_token": tokens[number]}
        return visitors[number].client.post(link, data=fields).status_code

    with ThreadPoolExecutor(len(visitors)) as pool:
        answers = sorted(pool.map(send, range(len(visitors))))

    assert answers == [303] + [410] * 5
    assert count_users(app) == 1


def test_link_lasts_a_day(app: Flask) -> None:
    young = issue_link(app, now_ms() - LINK_LASTS + 60_000)
    assert visit(app).get(young).status_code == 200

    old = issue_link(app, now_ms() - LINK_LASTS - 1)
    assert visit(app).get(old).status_code == 410
    assert visit(app).send(old, **GOOD).status_code == 410
    assert count_users(app) == 0


def test_next_start_voids_the_link_before(app: Flask) -> None:
    first, second = issue_link(app), issue_link(app)

    assert visit(app).send(first, **GOOD).status_code == 410
    assert visit(app).send(second, **GOOD).status_code == 303


def test_account_made_on_the_command_line_voids_the_link(app: Flask) -> None:
    link = issue_link(app)
    add_admin(app)

    assert visit(app).send(link, **(GOOD | {"name": "bob"})).status_code == 410
    assert count_users(app) == 1


@pytest.mark.parametrize("token", ["x", "a" * 43, "%F0%9F%92%A9", "..", "a" * 5000])
def test_guessed_link_is_unknown(app: Flask, token: str) -> None:
    issue_link(app)

    assert visit(app).get(f"/setup/{token}").status_code == 404


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"password": "short", "repetition": "short"}, "Use at least 12 characters."),
        (
            {"name": "grace.hopper.1", "password": "Grace.Hopper.1", "repetition": "Grace.Hopper.1"},
            "must not be the name",
        ),
        ({"repetition": "another horse battery"}, "The two passwords differ."),
        ({"password": "", "repetition": ""}, "Choose a password."),
        ({"name": ""}, "Choose a name"),
        ({"name": "a" * 151}, "Use at most 150"),
        ({"password": "a" * 1025, "repetition": "a" * 1025}, "at most 1024"),
    ],
)
def test_form_says_beside_the_field_what_is_wrong(app: Flask, fields: dict[str, str], words: str) -> None:
    link, visitor = issue_link(app), visit(app)
    answer = visitor.send(link, **(GOOD | fields))

    assert answer.status_code == 422
    assert words in answer.text
    assert "aria-describedby" in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert count_users(app) == 0
    assert visitor.send(link, **GOOD).status_code == 303


def test_name_is_kept_and_passwords_are_not(app: Flask) -> None:
    answer = visit(app).send(issue_link(app), name="<b>ada</b>", password=PASSWORD, repetition="different text")

    assert "&lt;b&gt;ada&lt;/b&gt;" in answer.text
    assert PASSWORD not in answer.text
    assert "different text" not in answer.text


def test_without_its_form_token_nothing_is_created(app: Flask) -> None:
    link = issue_link(app)
    answer = visit(app).client.post(link, data=GOOD)

    assert answer.status_code == 400
    assert "This form has gone stale" in answer.text
    assert count_users(app) == 0
