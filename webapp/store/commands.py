"""`flask --app wsgi store …`: look after the experiment store."""

from __future__ import annotations

import time

import click
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError

from webapp.store.check import Difference, Kind, find_differences, find_faults
from webapp.store.paging import count_runs
from webapp.store.projection import rebuild_projection, refresh_projection
from webapp.store.session import Store, current_store

SHOWN = 20
_SAID = {
    Kind.MISSING: "has no row",
    Kind.SURPLUS: "has a row, and no such run is active",
    Kind.DIFFERENT: "differs in",
}

store_commands = AppGroup("store", help="Look after the experiment store: check it, rebuild the run history.")


@store_commands.command("check")
def check_command() -> None:
    """Check schema, triggers and file, and compare the run history with MLflow's tables.

    Changes nothing but what any page does: runs that wait are brought up to date first. Exit code 0: the store is
    sound. 1: it is not, and what is wrong is listed.
    """
    store, began = current_store(), time.monotonic()
    _refresh(store)
    with store.read() as conn:
        faults, differences, total = find_faults(conn), find_differences(conn), count_runs(conn)
    for fault in faults:
        click.echo(f"{'Remark' if fault.is_remark else 'Fault'}: {fault.text}.")
    _tell_differences(differences, total)
    if differences or not all(fault.is_remark for fault in faults):
        click.echo("The store is not sound.")
        raise click.exceptions.Exit(1)
    click.echo(f"The store is sound: {total:,} runs compared in {time.monotonic() - began:.1f} s.")


@store_commands.command("rebuild")
def rebuild_command() -> None:
    """Write the run history anew from MLflow's tables, in one transaction; pages are served meanwhile."""
    store, began = current_store(), time.monotonic()
    try:
        rebuild_projection(store)
    except DBAPIError as error:
        raise click.ClickException(f"The store did not take it: {error.orig}") from None
    with store.read() as conn:
        click.echo(f"Rebuilt {count_runs(conn):,} rows in {time.monotonic() - began:.1f} s.")


def _refresh(store: Store) -> None:
    try:
        refresh_projection(store)
    except DBAPIError as error:
        click.echo(f"Remark: runs that wait could not be brought up to date: {error.orig}.")


def _tell_differences(differences: tuple[Difference, ...], total: int) -> None:
    if not differences:
        return
    click.echo(f"Fault: {len(differences):,} rows of the run history are wrong ({total:,} rows).")
    for difference in differences[:SHOWN]:
        click.echo(f"  {difference.run_id} {_SAID[difference.kind]} {', '.join(difference.columns)}".rstrip())
    if len(differences) > SHOWN:
        click.echo(f"  … and {len(differences) - SHOWN:,} more")
    click.echo("To write it anew: flask --app wsgi store rebuild")
