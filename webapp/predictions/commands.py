"""`flask --app wsgi predictions …`: look after the log of predictions."""

from __future__ import annotations

import json
from threading import Event

import click
from flask.cli import AppGroup

from ml.settings import MOST_DAYS
from webapp.clock import now_ms
from webapp.current import current_settings
from webapp.predictions.actions import erase_request, export_request, note_purge
from webapp.predictions.purging import purge
from webapp.predictions.values import describe_request, read_request_id
from webapp.store.session import current_store

USER = "(command line)"
"""Who did it, in the log of events."""

prediction_commands = AppGroup("predictions", help="Look after the log of predictions: purge it, export, erase.")
_request_id = click.option("--request-id", required=True, help="The id that came with the answer.")


@prediction_commands.command("purge")
@click.option(
    "--days", type=click.IntRange(1, MOST_DAYS), help="Delete what is older; PROCTOR_PREDICTION_DAYS if not given."
)
def purge_command(days: int | None) -> None:
    """Delete the predictions whose time is over, as the worker does daily."""
    days = days or current_settings().prediction_days
    rows = purge(current_store(), days, now_ms(), Event())
    if rows:
        note_purge(current_store(), rows, days, USER, now_ms())
    click.echo(f"Deleted {rows:,} rows older than {days} days.")


@prediction_commands.command("export")
@_request_id
def export_command(request_id: str) -> None:
    """Write all that the log holds of a request to standard output, as JSON."""
    found = export_request(current_store(), _read(request_id), USER, now_ms())
    if found is None:
        raise _unknown()
    click.echo(json.dumps(describe_request(found), indent=1, ensure_ascii=False))


@prediction_commands.command("erase")
@_request_id
@click.confirmation_option(prompt="Erase this request for good?")
def erase_command(request_id: str) -> None:
    """Erase a request for good: its rows, answers and true results."""
    rows = erase_request(current_store(), _read(request_id), USER, now_ms())
    if rows is None:
        raise _unknown()
    click.echo(f"Erased {rows:,} rows.")


def _read(text: str) -> str:
    found = read_request_id(text)
    if found is None:
        raise click.UsageError("A request id has 32 hexadecimal digits.")
    return found


def _unknown() -> click.ClickException:
    return click.ClickException("The log has no such request: it was erased, is too old, or never was.")
