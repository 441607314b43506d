"""`flask --app wsgi create-admin`, for people at a terminal and for scripts."""

import pytest
from flask import Flask

from tests.builders.accounts import PASSWORD, add_admin, visit


def test_terminal_is_asked_for_name_and_password(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["create-admin"], input=f"ada\n{PASSWORD}\n{PASSWORD}\n")

    assert done.exit_code == 0
    assert "Created the admin ada." in done.output
    assert PASSWORD not in done.output
    assert visit(app).sign_in().status_code == 303


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\nsecond line\n"])
def test_script_sends_the_password_by_standard_input(app: Flask, end: str) -> None:
    args = ["create-admin", "--name", "ada", "--password-stdin"]
    done = app.test_cli_runner().invoke(args=args, input=PASSWORD + end)

    assert (done.exit_code, done.output) == (0, "Created the admin ada.\n")
    assert visit(app).sign_in().status_code == 303


@pytest.mark.parametrize(
    ("name", "password", "words"),
    [
        ("ada", "short", "too short: use at least 12"),
        ("ada", "x" * 1025, "too long"),
        ("grace.hopper.1", "grace.hopper.1", "must not be the name"),
        ("", PASSWORD, "A name has 1 to 150 characters"),
        ("a\u200bda", PASSWORD, "printable"),
        ("bob", PASSWORD, "already"),
        ("ada", b"\xff\xfe long enough", "not UTF-8"),
        ("ada", "", "too short"),
    ],
)
def test_bad_input_is_refused_with_the_reason(app: Flask, name: str, password: str | bytes, words: str) -> None:
    add_admin(app, "bob")
    done = app.test_cli_runner().invoke(args=["create-admin", "--name", name, "--password-stdin"], input=password)

    assert done.exit_code == 2
    assert words in done.output
    assert "Traceback" not in done.output
    assert visit(app).sign_in("ada").status_code == 422


def test_script_has_to_name_the_account(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["create-admin", "--password-stdin"], input=PASSWORD)

    assert done.exit_code == 2
    assert "give --name" in done.output


def test_password_is_no_argument(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["create-admin", "--name", "ada", "--password", PASSWORD])

    assert done.exit_code == 2
    assert "--password-stdin" in done.output
