"""Files that somebody uploaded for one job: in a folder of the job's own until it has ended.

They lie in the data folder, which web processes and workers share, under a name that no path can be smuggled into.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Protocol

from sqlalchemy import select

from webapp.jobs.states import UNFINISHED
from webapp.store.session import Store
from webapp.store.tables import job

ABANDONED_AFTER = 600_000
"""Milliseconds after which files that no job came for are deleted: a web process may have died in between."""
LONGEST_STEM = 60
"""Characters, of up to four bytes each: file systems take 255 bytes."""


class Upload(Protocol):
    """A file as a form hands it over."""

    filename: str | None

    def save(self, dst: str | Path | IO[bytes]) -> None:
        """Write the content to a path."""


def upload_path(data_dir: Path, job_id: str, role: str, name: str) -> Path:
    """Where the file that plays `role` for a job lies: what is left of its own name tells people which it was."""
    given = Path(name)
    stem, suffix = (re.sub(r"\W+", "_", part)[:LONGEST_STEM] for part in (given.stem, given.suffix[1:].lower()))
    return uploads_of(data_dir) / job_id / role / (f"{stem or role}.{suffix}" if suffix else stem or role)


def keep_uploads(data_dir: Path, job_id: str, files: Mapping[str, Upload]) -> None:
    """Write a job's files, by their roles; none of them is left where one cannot be written."""
    try:
        for role, file in files.items():
            path = upload_path(data_dir, job_id, role, file.filename or "")
            path.parent.mkdir(parents=True)
            file.save(path)
    except BaseException:
        drop_uploads(data_dir, job_id)
        raise


def drop_uploads(data_dir: Path, job_id: str) -> None:
    """Delete a job's files."""
    shutil.rmtree(uploads_of(data_dir) / job_id, ignore_errors=True)


def clear_uploads(store: Store, data_dir: Path, now: int) -> None:
    """Delete the files of every job that has ended, and those that no job came for."""
    root = uploads_of(data_dir)
    seen = {folder.name: folder.stat().st_mtime_ns // 1_000_000 for folder in root.iterdir()} if root.is_dir() else {}
    if not seen:
        return
    with store.read() as conn:
        rows = conn.execute(select(job.c.id, job.c.state).where(job.c.id.in_(seen)))
        states = {row.id: row.state for row in rows}
    for job_id, written_at in seen.items():
        is_awaited = job_id not in states and now - written_at < ABANDONED_AFTER
        if states.get(job_id) not in UNFINISHED and not is_awaited:
            drop_uploads(data_dir, job_id)


def uploads_of(data_dir: Path) -> Path:
    """The folder of all uploads."""
    return data_dir / "uploads"
