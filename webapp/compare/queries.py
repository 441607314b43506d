"""The comparisons that were asked for, and what the worker found."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, select

from ml.examination.comparison import Comparison
from webapp.artifacts import find_artifact
from webapp.jobs.queue import Job, find_job, read_job
from webapp.jobs.states import State
from webapp.store.tables import job

KIND = "compare"


@dataclass(frozen=True)
class Asked:
    """A comparison that was asked for; `found` is None until it is done, or where its file is gone."""

    job: Job
    found: Comparison | None


def list_comparisons(conn: Connection, limit: int) -> tuple[Job, ...]:
    """List the newest comparisons, newest first."""
    rows = conn.execute(select(job).where(job.c.kind == KIND).order_by(job.c.number.desc()).limit(limit))
    return tuple(read_job(row) for row in rows)


def find_comparison(conn: Connection, job_id: str, data_dir: Path) -> Asked | None:
    """Find a comparison by its job; None where there is no such job, or one of another kind."""
    found = find_job(conn, job_id)
    if found is None or found.kind != KIND:
        return None
    return Asked(found, read_comparison(found, data_dir))


def read_comparison(done: Job, data_dir: Path) -> Comparison | None:
    """Read what the worker wrote; a file that another release wrote differently counts as none."""
    name = (done.result or {}).get("comparison")
    if done.state is not State.DONE or not isinstance(name, str):
        return None
    path = find_artifact(data_dir, name)
    return _read(path, path.stat().st_mtime_ns) if path else None


@lru_cache(maxsize=16)
def _read(path: Path, _changed_at: int) -> Comparison | None:
    try:
        return _comparisons().validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


@cache
def _comparisons() -> TypeAdapter[Comparison]:
    """Built once: pydantic compiles the dataclasses into one validator."""
    return TypeAdapter(Comparison)
