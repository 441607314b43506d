"""The job that deletes archived runs for good, as `mlflow gc` does: of each run its artifacts first, then its rows.

Killed at any moment it is done again from its beginning: what is gone already is passed over, and the log of events,
in which each run's end is written together with it, tells what an attempt before has done. It runs in the worker.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, select

from ml.results import Progress, Report
from webapp.artifacts import Here
from webapp.events import write_event
from webapp.jobs.queue import Job
from webapp.runs.edit.events import DELETED, LONGEST_NAME, cut, note_runs
from webapp.runs.edit.folders import (
    Elsewhere,
    Places,
    Refused,
    Removable,
    find_removable,
    find_sharers,
    measure,
)
from webapp.runs.edit.protection import find_fed_versions
from webapp.runs.edit.queries import RUN_DELETED, PickedRun, find_picked, name_subject
from webapp.store.mlflow_tables import latest_metrics, metrics, params, runs, tags
from webapp.store.session import Store
from webapp.store.tables import event

STAGE = "remove"
MOST_KEPT = 20
"""Runs of which the job's result says why they are still there."""
LONGEST_REASON = 300
ROWS = (metrics, latest_metrics, params, tags, runs)
"""In this order: all the others refer to the run."""

RemoveElsewhere = Callable[[str], None]
"""Deletes the artifacts at an address of an object store or a server; raises whatever their makers chose."""


class KeptError(Exception):
    """A run is not deleted; `code` says why, `about` what it is about."""

    def __init__(self, code: str, about: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.about = about


@dataclass(frozen=True)
class Removed:
    """What came of the job: what was deleted, and which runs are still there, each with a code and what it is about."""

    deleted: tuple[PickedRun, ...]
    files: int
    size: int
    kept: tuple[tuple[str, str, str], ...]

    def result(self) -> dict[str, Any]:
        """What the job's row keeps."""
        kept = [list(reason) for reason in self.kept[:MOST_KEPT]]
        return {
            "deleted": len(self.deleted),
            "files": self.files,
            "bytes": self.size,
            "kept": kept,
            "kept_count": len(self.kept),
        }


@dataclass(frozen=True)
class Tools:
    """What the job works with."""

    store: Store
    places: Places
    remove_elsewhere: RemoveElsewhere
    clock: Callable[[], int]


def remove_runs(tools: Tools, job: Job, report: Report) -> Removed:
    """Delete each of the job's runs, but for those that must not be or cannot be."""
    ids: Sequence[str] = job.params["run_ids"]
    with tools.store.read() as conn:
        sharers = find_sharers(conn, ids)
    kept: list[tuple[str, str, str]] = []
    for done, run_id in enumerate(ids):
        report(Progress(STAGE, done, len(ids)))
        with tools.store.read() as conn:
            picked = find_picked(conn, [run_id]).runs
        for run in picked:  # none where an attempt before has deleted it
            try:
                _remove_run(tools, run, job, sharers.get(run_id))
            except KeptError as error:
                kept.append((cut(run.name, LONGEST_NAME), error.code, cut(error.about, LONGEST_REASON)))
    report(Progress(STAGE, len(ids), len(ids)))
    with tools.store.read() as conn:
        return _sum_up(conn, job, tuple(kept))


def write_summary(conn: Connection, job: Job, removed: Removed, now: int) -> None:
    """Write one line of all that the job did, in the transaction that ends it."""
    note_runs(conn, DELETED, removed.deleted, job.created_by, now, job=job.number, kept=len(removed.kept))


def _remove_run(tools: Tools, run: PickedRun, job: Job, sharer: str | None) -> None:
    if sharer is not None:
        raise KeptError("shared", sharer)
    with tools.store.read() as conn:
        uri = _check(conn, run.run_id)
    files, size = _remove_artifacts(find_removable(run.run_id, uri, tools.places), tools.remove_elsewhere)
    if uri:
        shutil.rmtree(tools.places.roots.cached(uri), ignore_errors=True)  # a copy that may be fetched again
    said = {"name": cut(run.name, LONGEST_NAME), "job": job.number, "files": files, "bytes": size}
    detail, now = json.dumps(said, ensure_ascii=False), tools.clock()
    with tools.store.write() as conn:
        _check(conn, run.run_id)
        for table in ROWS:
            conn.execute(delete(table).where(table.c.run_uuid == run.run_id))
        write_event(conn, RUN_DELETED, name_subject(run.run_id), detail, user=job.created_by, now=now)


def _check(conn: Connection, run_id: str) -> str | None:
    """See that the run may be deleted still, and return the address of its artifacts.

    Raises
    ------
    KeptError
        `gone`, `restored`, `feeding`
    """
    query = select(runs.c.lifecycle_stage, runs.c.artifact_uri).where(runs.c.run_uuid == run_id)
    row = conn.execute(query.with_for_update()).one_or_none()
    if row is None:
        raise KeptError("gone")
    if row.lifecycle_stage != "deleted":
        raise KeptError("restored")
    if feeding := [str(version) for version in find_fed_versions(conn, [run_id]) if version.roles]:
        raise KeptError("feeding", ", ".join(feeding))
    return str(row.artifact_uri) if row.artifact_uri else None


def _remove_artifacts(what: Removable, remove_elsewhere: RemoveElsewhere) -> tuple[int, int]:
    """Delete a run's artifacts, and return how many files that were, with how many bytes, as far as it can be told.

    Raises
    ------
    KeptError
        `not_own`, `outside`, `linked`, `files`, `elsewhere`
    """
    if isinstance(what, Refused):
        raise KeptError(what.code, what.address)
    if isinstance(what, Elsewhere):
        try:
            remove_elsewhere(what.address)
        except Exception as error:
            raise KeptError("elsewhere", f"{type(error).__name__}: {error}".partition("\n")[0]) from error
    if not isinstance(what, Here):
        return 0, 0
    measured = measure([what.folder]) or (0, 0)
    try:
        if what.folder.exists():  # an attempt that was cut off may have got so far
            shutil.rmtree(what.folder)  # which follows no link, neither there nor below
    except OSError as error:
        raise KeptError("files", str(error)) from error
    with suppress(OSError):  # something else lies in the run's folder
        what.folder.parent.rmdir()
    return measured


def _sum_up(conn: Connection, job: Job, kept: tuple[tuple[str, str, str], ...]) -> Removed:
    """Read from the log of events what all attempts of the job deleted."""
    ids = {name_subject(run_id): run_id for run_id in job.params["run_ids"]}
    query = select(event.c.subject, event.c.detail).where(event.c.action == RUN_DELETED, event.c.subject.in_(ids))
    said = [(ids[row.subject], json.loads(row.detail)) for row in conn.execute(query.order_by(event.c.id))]
    own = [(run_id, one) for run_id, one in said if one["job"] == job.number]
    return Removed(
        deleted=tuple(PickedRun(run_id, one["name"], None, None, is_archived=True) for run_id, one in own),
        files=sum(one["files"] for _id, one in own),
        size=sum(one["bytes"] for _id, one in own),
        kept=kept,
    )
