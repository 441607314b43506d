"""Ten tries an account and address in fifteen minutes, fifty failures an address."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from webapp.accounts import attempts
from webapp.accounts.attempts import count_attempt, describe_attempt, find_next_try, forgive_attempts, note_failure


@pytest.fixture
def app() -> Iterator[Flask]:
    app = Flask("counting")
    attempts.init_app(app)
    with app.app_context():
        yield app


@pytest.mark.usefixtures("app")
def test_ten_tries_are_looked_at_and_no_more() -> None:
    attempt = describe_attempt("ada", "192.0.2.1")

    assert [count_attempt(attempt) for _ in range(12)] == [True] * 10 + [False] * 2


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(("name", "address"), [("ada", "192.0.2.2"), ("bob", "192.0.2.1")])
def test_other_accounts_and_addresses_are_counted_apart(name: str, address: str) -> None:
    exhaust(describe_attempt("ada", "192.0.2.1"))

    assert count_attempt(describe_attempt(name, address))


@pytest.mark.parametrize(
    ("name", "address"), [("ADA", "192.0.2.1"), ("ada", "192.0.2.1")], ids=["another case", "the same"]
)
@pytest.mark.usefixtures("app")
def test_spellings_of_an_account_are_counted_together(name: str, address: str) -> None:
    exhaust(describe_attempt("ada", "192.0.2.1"))

    assert not count_attempt(describe_attempt(name, address))


def test_addresses_of_one_household_are_counted_together() -> None:
    assert describe_attempt("ada", "2001:db8:1:2:aaaa::1") == describe_attempt("ada", "2001:db8:1:2:bbbb::2")
    assert describe_attempt("ada", "2001:db8:1:2::1") != describe_attempt("ada", "2001:db8:1:3::1")


def test_a_socket_without_an_address_is_one_address() -> None:
    assert describe_attempt("ada", None) == describe_attempt("Ada", "")


@pytest.mark.usefixtures("app")
def test_one_address_cannot_go_through_all_accounts() -> None:
    for number in range(50):
        attempt = describe_attempt(f"user{number}", "192.0.2.1")
        assert count_attempt(attempt)
        note_failure(attempt)

    assert not count_attempt(describe_attempt("ada", "192.0.2.1"))
    assert count_attempt(describe_attempt("ada", "192.0.2.2"))


@pytest.mark.usefixtures("app")
def test_a_right_password_wipes_the_slate() -> None:
    attempt = describe_attempt("ada", "192.0.2.1")
    for _ in range(9):
        count_attempt(attempt)
    forgive_attempts(attempt)

    assert all(count_attempt(attempt) for _ in range(10))


@pytest.mark.usefixtures("app")
def test_next_try_is_fifteen_minutes_after_the_first() -> None:
    attempt = describe_attempt("ada", "192.0.2.1")
    begun = time.time()
    exhaust(attempt)

    assert find_next_try(attempt) == pytest.approx(begun + 15 * 60, abs=5)


def test_tries_at_the_same_moment_do_not_slip_through(app: Flask) -> None:
    attempt = describe_attempt("ada", "192.0.2.1")

    def try_once(_number: int) -> bool:
        with app.app_context():
            return count_attempt(attempt)

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(try_once, range(100))) == 10


def exhaust(attempt: attempts.Attempt) -> None:
    while count_attempt(attempt):
        pass
