"""A whole file store → the experiment store: one transaction a run, so that a kill leaves whole runs and no half."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import DBAPIError

from ml.results import Progress, Report
from webapp.filestore.artifacts import ARTIFACTS, Copier, Moves, find_artifacts, is_lost, name_folder
from webapp.filestore.files import META
from webapp.filestore.reading import (
    count_traces,
    list_experiment_folders,
    list_logged_model_folders,
    list_model_folders,
    list_run_folders,
    read_experiment,
    read_logged_model,
    read_model,
    read_run,
)
from webapp.filestore.registry import write_model
from webapp.filestore.values import FileExperiment, FileRun, Problem
from webapp.filestore.writing import (
    ConflictError,
    Outcome,
    describe_state,
    read_digests,
    write_experiment,
    write_logged_model,
    write_run,
)
from webapp.store.mlflow_tables import runs
from webapp.store.session import Store

_LONGEST_URI = 200
_LONGEST_LOCATION = 256


@dataclass
class Import:
    """What an import has come to so far: outcomes by kind, and what was left out."""

    experiments: Counter[Outcome] = field(default_factory=Counter)
    runs: Counter[Outcome] = field(default_factory=Counter)
    logged_models: Counter[Outcome] = field(default_factory=Counter)
    models: Counter[Outcome] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    copier: Copier | None = None
    moves: Moves = field(default_factory=Moves)
    traces: int = 0


def list_experiments(root: Path, found: Import) -> list[FileExperiment]:
    """Read the experiments of a file store; those that cannot be read are problems."""
    read = (read_experiment(folder, found.problems.append) for folder in list_experiment_folders(root))
    return [experiment for experiment in read if experiment]


def import_file_store(
    store: Store,
    root: Path,
    experiments: Collection[FileExperiment],
    found: Import,
    report: Report,
    *,
    artifact_root: Path,
    with_models: bool = True,
) -> None:
    """Write experiments of a file store, and its registered models; `found` tells what came of it."""
    total = sum(len(list_run_folders(experiment.folder)) for experiment in experiments)
    with store.read() as conn:
        digests = read_digests(conn)
    done = 0
    for experiment in experiments:
        experiment_id = _import_experiment(store, experiment, found, artifact_root)
        for folder in list_run_folders(experiment.folder):
            report(Progress("runs", done, total))
            done += 1
            if experiment_id is not None:
                _import_run(store, folder, experiment, experiment_id, digests, found)
        if experiment_id is not None:
            _import_logged_models(store, experiment, experiment_id, found)
    report(Progress("runs", total, total))
    if with_models:
        _import_models(store, list_model_folders(root), found, report)
    found.traces = count_traces(root)


def _import_experiment(store: Store, experiment: FileExperiment, found: Import, artifact_root: Path) -> int | None:
    own = str(artifact_root / name_folder(experiment.name))
    recorded = experiment.artifact_location
    location = own if found.copier or not recorded or len(recorded) > _LONGEST_LOCATION else recorded
    try:
        with store.write() as conn:
            experiment_id, outcome = write_experiment(conn, experiment, location)
    except ConflictError as error:
        found.problems.append(Problem(experiment.folder / META, str(error)))
        return None
    found.experiments[outcome] += 1
    return experiment_id


def _import_run(
    store: Store, folder: Path, experiment: FileExperiment, experiment_id: int, digests: dict[str, str], found: Import
) -> None:
    run = read_run(folder, found.problems.append)
    if run is None:
        return
    uri = _place_artifacts(run.artifact_uri, folder, experiment.name, run.run_id, found)
    if len(uri) > _LONGEST_URI:
        text = f"has an artifact URI of more than {_LONGEST_URI} characters, which MLflow does not take"
        found.problems.append(Problem(folder / META, text))
        return
    if digests.get(run.run_id) == describe_state(run):
        outcome = Outcome.UNCHANGED
        if found.copier:
            _point_to(store, run, uri)
    else:
        try:
            outcome = _write(store, run, experiment_id, uri, is_copied=found.copier is not None)
        except DBAPIError as error:
            found.problems.append(Problem(folder, f"the store did not take it: {str(error.orig).strip()}"))
            return
    found.runs[outcome] += 1


def _write(store: Store, run: FileRun, experiment_id: int, uri: str, *, is_copied: bool) -> Outcome:
    with store.write() as conn:
        outcome = write_run(conn, run, experiment_id, uri)
        if outcome is Outcome.GROWN and (is_copied or is_lost(_read_uri(conn, run))):
            _set_uri(conn, run, uri)
    return outcome


def _point_to(store: Store, run: FileRun, uri: str) -> None:
    """Lead a run that was imported before to the copy of its artifacts."""
    with store.read() as conn:
        is_there = _read_uri(conn, run) == uri
    if not is_there:
        with store.write() as conn:
            _set_uri(conn, run, uri)


def _read_uri(conn: Connection, run: FileRun) -> str:
    return str(conn.execute(select(runs.c.artifact_uri).where(runs.c.run_uuid == run.run_id)).scalar() or "")


def _set_uri(conn: Connection, run: FileRun, uri: str) -> None:
    conn.execute(update(runs).where(runs.c.run_uuid == run.run_id).values(artifact_uri=uri))


def _place_artifacts(recorded: str, folder: Path, experiment: str, owner: str, found: Import) -> str:
    """Return the URI under which the artifacts will be found, having copied them if that was asked for."""
    uri, source = find_artifacts(recorded, folder / ARTIFACTS)
    if found.copier and source:
        target = found.copier.place(experiment, owner)
        if found.copier.copy(source, target, found.problems.append):
            uri = str(target)
    found.moves.note(recorded, uri)
    return uri


def _import_logged_models(store: Store, experiment: FileExperiment, experiment_id: int, found: Import) -> None:
    for folder in list_logged_model_folders(experiment.folder):
        model = read_logged_model(folder, found.problems.append)
        if model is not None:
            owner = f"models/{name_folder(model.model_id)}"
            location = _place_artifacts(model.artifact_location, folder, experiment.name, owner, found)
            with store.write() as conn:
                found.logged_models[write_logged_model(conn, model, experiment_id, location)] += 1


def _import_models(store: Store, folders: Iterable[Path], found: Import, report: Report) -> None:
    for number, folder in enumerate(folders := list(folders)):
        report(Progress("models", number, len(folders)))
        model = read_model(folder, found.problems.append)
        if model is not None:
            with store.write() as conn:
                found.models[write_model(conn, model, found.moves, found.problems.append)] += 1
    if folders:
        report(Progress("models", len(folders), len(folders)))
