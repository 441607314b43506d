"""The jobs that a new Proctor gives itself, so that its pages fill while somebody looks at them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from sqlalchemy import Connection, Select, exists, select

from ml.families import FIRST_FAMILIES
from ml.settings import Settings
from webapp.jobs.messages import Queue
from webapp.jobs.queue import insert_job, lock_queue
from webapp.jobs.states import UNFINISHED
from webapp.store.mlflow_tables import runs
from webapp.store.session import Store
from webapp.store.tables import dataset, job

NOBODY = "proctor"
"""Who asked for a job that nobody asked for."""


def ensure_first_jobs(store: Store, queue: Queue, settings: Settings, dataset_name: str, now: int) -> int:
    """Queue what the store lacks, and return how many jobs that is. Of two that start at once, one does it.

    Where the worker is embedded, a store without jobs gets its dataset prepared and, if it holds no run, the first
    trainings. Anywhere, a dataset that came from another file than the one named now is prepared anew.
    """
    raw_sha256 = hash_file(settings.raw_data) if settings.raw_data else None
    with store.write() as conn:
        lock_queue(conn)
        wanted = list_wanted(conn, settings, dataset_name, raw_sha256)
        for kind, params in wanted:
            insert_job(conn, kind, params, NOBODY, now)
    if wanted:
        queue.wake()
    return len(wanted)


def list_wanted(
    conn: Connection, settings: Settings, dataset_name: str, raw_sha256: str | None
) -> list[tuple[str, dict[str, str]]]:
    """List the kind and the params of each job that the store lacks."""
    is_new = settings.embedded_worker and settings.first_training and not _holds(conn, select(job.c.id))
    origin = find_origin_sha256(conn, dataset_name)
    is_outdated = raw_sha256 is not None and origin != raw_sha256 and not _is_preparing(conn)
    wanted: list[tuple[str, dict[str, str]]] = []
    if is_outdated or (is_new and origin is None):
        wanted.append(("prepare", {}))
    if is_new and not _holds(conn, select(runs.c.run_uuid)):
        wanted += [("train", {"family": family}) for family in FIRST_FAMILIES]
    return wanted


def find_origin_sha256(conn: Connection, dataset_name: str) -> str | None:
    """Find the checksum of the bytes that the dataset in use was read from; None when there is no dataset yet."""
    newest = (
        select(dataset.c.origin)
        .where(dataset.c.name == dataset_name)
        .order_by(dataset.c.prepared_at.desc(), dataset.c.id.desc())
        .limit(1)
    )
    origin = conn.execute(newest).scalar()
    return None if origin is None else str(json.loads(origin)["sha256"])


def hash_file(path: Path) -> str:
    """The sha256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_preparing(conn: Connection) -> bool:
    return _holds(conn, select(job.c.id).where(job.c.kind == "prepare", job.c.state.in_(UNFINISHED)))


def _holds(conn: Connection, rows: Select[str]) -> bool:
    return bool(conn.execute(select(exists(rows))).scalar_one())
