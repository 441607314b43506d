"""Commands for whoever runs the site: `flask --app wsgi create-admin`, `flask --app wsgi store …`."""

from __future__ import annotations

import sys

import click
from flask import Flask
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

from webapp.accounts.actions import NameTakenError, create_admin
from webapp.accounts.names import LONGEST_NAME, is_name_usable, normalise_name
from webapp.accounts.passwords import (
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    is_password_short,
    is_password_the_name,
)
from webapp.clock import now_ms
from webapp.predictions.commands import prediction_commands
from webapp.store.commands import store_commands
from webapp.store.session import current_store


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(create_admin_command)
    app.cli.add_command(store_commands)
    app.cli.add_command(prediction_commands)


@click.command("create-admin")
@click.option("--name", help="Name of the account; asked for when not given.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")
@with_appcontext
def create_admin_command(name: str | None, *, password_stdin: bool) -> None:
    """Create an account that may train, promote and manage.

    The password is asked for, or comes by standard input: never as an argument, where every user of this machine
    could read it.
    """
    if name is None and password_stdin:
        raise click.UsageError("With --password-stdin the name cannot be asked for: give --name.")
    name = check_name(click.prompt("Name") if name is None else name)
    password = check_password(name, _read_password() if password_stdin else _ask_password())
    try:
        create_admin(current_store(), name, password, now_ms())
    except NameTakenError:
        raise click.UsageError(f"There is an account called {name} already. Choose another name.") from None
    except DBAPIError as error:
        raise click.ClickException(f"The store did not take it: {error.orig}") from None
    click.echo(f"Created the admin {name}.")


def check_name(name: str) -> str:
    """Bring the name to its stored form, or say what is wrong with it."""
    name = normalise_name(name)
    if not is_name_usable(name):
        raise click.UsageError(f"A name has 1 to {LONGEST_NAME} characters, all of them printable.")
    return name


def check_password(name: str, password: str) -> str:
    """Return a password that keeps the rules, or say which it breaks."""
    if is_password_short(password):
        raise click.UsageError(f"The password is too short: use at least {SHORTEST_PASSWORD} characters.")
    if len(password) > LONGEST_PASSWORD:
        raise click.UsageError(f"The password is too long: use at most {LONGEST_PASSWORD} characters.")
    if is_password_the_name(name, password):
        raise click.UsageError("The password must not be the name.")
    return password


def _ask_password() -> str:
    return str(click.prompt("Password", hide_input=True, confirmation_prompt="The same password again"))


def _read_password() -> str:
    """Read one line as it is: only its end is cut off, since blanks may belong to a password."""
    raw = sys.stdin.buffer.readline().removesuffix(b"\n").removesuffix(b"\r")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise click.UsageError("The password on standard input is not UTF-8.") from None
