"""`flask --app wsgi store …`: look after the experiment store."""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError

from ml.commands.progress import showing_progress
from webapp.current import current_settings
from webapp.filestore.artifacts import Copier
from webapp.filestore.importing import Import, import_file_store, list_experiments
from webapp.filestore.reading import find_root
from webapp.filestore.writing import Outcome
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

store_commands = AppGroup(
    "store", help="Look after the experiment store: check it, rebuild the run history, import a file store."
)


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


@store_commands.command("import")
@click.argument("path", type=click.Path(path_type=Path, exists=True, file_okay=False, resolve_path=True))
@click.option("--experiment", "names", multiple=True, help="Import this experiment alone; may be given several times.")
@click.option("--copy-artifacts", is_flag=True, help="Copy artifacts under PROCTOR_ARTIFACT_ROOT.")
@click.option(
    "--artifacts-from",
    "sources",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False, resolve_path=True),
    help="A folder outside the file store that artifacts may be copied from.",
)
def import_command(path: Path, *, names: tuple[str, ...], copy_artifacts: bool, sources: tuple[Path, ...]) -> None:
    """Import MLflow's file store at PATH (`mlruns`): runs keep their ids, experiments go by their names.

    May be repeated: what is here already is not written again, a run that has grown is brought up to date, and what
    people changed here stays. The file store itself is only read.

    Exit code 0: all was imported. 1: something was left out, and is listed. 2: there is no file store.
    """
    root = find_root(path)
    if root is None:
        raise click.UsageError(f"There is no MLflow file store at {path}: no experiment in it has a meta.yaml.")
    artifact_root = current_settings().artifact_root
    found = Import(copier=Copier(artifact_root, (root, *sources)) if copy_artifacts else None)
    experiments = list_experiments(root, found)
    unknown = sorted(set(names) - {experiment.name for experiment in experiments})
    if unknown:
        there = ", ".join(sorted(experiment.name for experiment in experiments))
        raise click.UsageError(f"There is no experiment {', '.join(unknown)} at {root}. There are: {there}.")
    chosen = [experiment for experiment in experiments if not names or experiment.name in names]
    store, began = current_store(), time.monotonic()
    with showing_progress(sys.stderr) as report:
        import_file_store(store, root, chosen, found, report, artifact_root=artifact_root, with_models=not names)
    _refresh(store)
    click.echo(describe_import(found, time.monotonic() - began))
    for problem in found.problems:
        click.echo(problem, err=True)
    if found.problems:
        raise click.exceptions.Exit(1)


def describe_import(found: Import, seconds: float) -> str:
    """Say what an import has come to, a line for each kind of thing."""
    kinds = {
        "Experiments": found.experiments,
        "Runs": found.runs,
        "Logged models": found.logged_models,
        "Registered models": found.models,
    }
    lines = [f"{kind}: {_count(counts)}." for kind, counts in kinds.items() if counts or kind == "Runs"]
    if found.copier:
        lines.append(f"Artifacts: {found.copier.files:,} files copied, {found.copier.size / 1e6:,.1f} MB.")
    else:
        lines.append("Artifacts: left where they are. To have them with the others: --copy-artifacts.")
    if found.traces:
        lines.append(f"Traces: {found.traces:,}, left out.")
    if found.problems:
        lines.append(f"Left out for what is wrong with it: {len(found.problems):,}, listed on standard error.")
    return "\n".join([*lines, f"Took {seconds:.1f} s."])


def _count(counts: Counter[Outcome]) -> str:
    words = {Outcome.NEW: "new", Outcome.GROWN: "brought up to date", Outcome.UNCHANGED: "there already"}
    return ", ".join(f"{counts[outcome]:,} {word}" for outcome, word in words.items())


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
