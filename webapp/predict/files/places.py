"""Where results lie, and for how long."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from sqlalchemy import select

from webapp.jobs.states import UNFINISHED, State
from webapp.store.session import Store
from webapp.store.tables import job

DAYS = 7
"""For which a result is kept, or for as long as the log of predictions keeps answers, if that is less."""
A_DAY = 24 * 60 * 60 * 1000
ABANDONED_AFTER = 600_000
"""Milliseconds after which a folder that no job came for is deleted."""
PREVIEW, SUMMARY = "preview.json", "summary.json"


def results_of(data_dir: Path) -> Path:
    """The folder of all results."""
    return data_dir / "answers"


def folder_of(data_dir: Path, job_id: str) -> Path:
    """The folder of one job's results; `job_id` comes out of the store, never out of an address."""
    return results_of(data_dir) / job_id


def result_path(data_dir: Path, job_id: str, form: str) -> Path:
    """Where the result lies."""
    return folder_of(data_dir, job_id) / f"result.{form}"


def write_note(data_dir: Path, job_id: str, name: str, value: Any) -> None:
    """Write what is to be shown beside a result."""
    folder = folder_of(data_dir, job_id)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8", errors="backslashreplace")


def read_note(data_dir: Path, job_id: str, name: str) -> dict[str, Any]:
    """Read it again; nothing where it is gone."""
    try:
        return dict(json.loads((folder_of(data_dir, job_id) / name).read_text("utf-8")))
    except (OSError, ValueError):
        return {}


def drop_results(data_dir: Path, job_id: str) -> None:
    """Delete all that is kept of a job."""
    shutil.rmtree(folder_of(data_dir, job_id), ignore_errors=True)


def days_kept(prediction_days: int) -> int:
    """For how many days a result is kept."""
    return min(DAYS, prediction_days)


def clear_results(store: Store, data_dir: Path, days: int, now: int) -> None:
    """Delete results whose time is over, and what jobs without a result and those that never came have left."""
    root = results_of(data_dir)
    seen = {folder.name: folder.stat().st_mtime_ns // 1_000_000 for folder in root.iterdir()} if root.is_dir() else {}
    if not seen:
        return
    with store.read() as conn:
        rows = conn.execute(select(job.c.id, job.c.state, job.c.finished_at).where(job.c.id.in_(seen))).all()
    known = {row.id: row for row in rows}
    for job_id, written_at in seen.items():
        found = known.get(job_id)
        if found is None:
            is_over = now - written_at > ABANDONED_AFTER
        elif found.state in UNFINISHED:
            is_over = False
        else:
            is_over = found.state != State.DONE or now - (found.finished_at or 0) > days_kept(days) * A_DAY
        if is_over:
            drop_results(data_dir, job_id)
