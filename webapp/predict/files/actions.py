"""Sending a file, and having done with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select, update

from ml.batch.problems import Problem
from ml.batch.requests import LARGEST_SHEET
from webapp.accounts.queries import User
from webapp.champion import Champion
from webapp.events import write_event
from webapp.jobs.messages import Queue
from webapp.jobs.queue import Job, insert_job, lock_queue, new_job_id
from webapp.jobs.states import UNFINISHED
from webapp.jobs.uploads import Upload, drop_uploads, keep_uploads, upload_path
from webapp.predict.files.checks import Look, look_through
from webapp.predict.files.places import drop_results
from webapp.store.session import Store
from webapp.store.tables import job

KIND = "predict_file"
ROLE = "rows"
MOST_WAITING = 4
"""Unfinished files at one time: they need no admin, and trainings stand in the same line."""


class TooManyFilesError(RuntimeError):
    """So many files wait or are being answered that no other is taken."""


@dataclass(frozen=True)
class Sent:
    """A file as somebody sent it, with what they want of it."""

    file: Upload
    form: str
    skip_bad: bool

    @property
    def name(self) -> str:
        """Its own name, without the folders that some browsers tell."""
        return Path((self.file.filename or "").replace("\\", "/")).name[:200]


@dataclass(frozen=True)
class Kept:
    """A file that was taken in: under which id it lies, and what was found in it."""

    job_id: str
    look: Look


def keep_file(data_dir: Path, sent: Sent, champion: Champion, spec_path: Path) -> Kept:
    """Keep a file and look it through; it is for the caller to drop it or to have it answered.

    Raises
    ------
    webapp.predict.files.checks.BusyError
    """
    job_id = new_job_id()
    keep_uploads(data_dir, job_id, {ROLE: sent.file})
    try:
        path = upload_path(data_dir, job_id, ROLE, sent.file.filename or "")
        return Kept(job_id, look_through(path, champion.predictor.columns, spec_path))
    except BaseException:
        drop_uploads(data_dir, job_id)
        raise


def is_refused(look: Look, sent: Sent) -> bool:
    """Whether a file cannot be answered as it was asked for."""
    return look.is_fatal or _is_too_long(look, sent) or (look.problem_count > 0 and not sent.skip_bad)


def list_refusals(look: Look, sent: Sent) -> tuple[tuple[Problem, ...], int]:
    """Return what speaks against answering a file as it was asked for, as far as it is listed, and how much that is."""
    if not _is_too_long(look, sent):
        return look.problems, look.problem_count
    return (Problem("too_many_rows_for_excel"), *look.problems), look.problem_count + 1


def submit_file(
    store: Store, queue: Queue, kept: Kept, sent: Sent, champion: Champion, *, user: User | None, now: int
) -> Job:
    """Queue the job that answers a kept file with this version.

    Raises
    ------
    TooManyFilesError
        Where `MOST_WAITING` of them wait or run.
    """
    params = {
        "about": sent.name,
        "form": sent.form,
        "skip_bad": sent.skip_bad,
        "rows": kept.look.rows,
        "is_checked": kept.look.is_whole and not kept.look.problem_count,
        "model": champion.version.name,
        "version": champion.version.version,
        "sha256": champion.version.file_sha256,
        "user_id": user.id if user else None,
    }
    with store.write() as conn:
        lock_queue(conn)
        _check_limit(conn)
        added = insert_job(conn, KIND, params, user.name if user else "visitor", now, kept.job_id)
    queue.wake()
    return added


def delete_file(store: Store, data_dir: Path, found: Job, user: str, now: int) -> None:
    """Delete a finished job's files, and in its row what it says of them; the row stays, so that numbers do."""
    kept = {name: value for name, value in found.params.items() if name not in {"about", "rows"}}
    with store.write() as conn:
        done = update(job).where(job.c.id == found.id, job.c.state.not_in(UNFINISHED))
        values: Mapping[str, Any] = {"params": json.dumps(kept), "result": json.dumps({"deleted": True})}
        if conn.execute(done.values(values)).rowcount:
            write_event(conn, "file_deleted", f"job {found.number}", "", user=user, now=now)
    drop_uploads(data_dir, found.id)
    drop_results(data_dir, found.id)


def _is_too_long(look: Look, sent: Sent) -> bool:
    return sent.form == "xlsx" and look.rows > LARGEST_SHEET


def _check_limit(conn: Connection) -> None:
    waiting = select(func.count()).select_from(job).where(job.c.kind == KIND, job.c.state.in_(UNFINISHED))
    if conn.execute(waiting).scalar_one() >= MOST_WAITING:
        raise TooManyFilesError
