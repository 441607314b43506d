"""What admins do with a run: each a job in the queue."""

from __future__ import annotations

from webapp.jobs.messages import Queue
from webapp.jobs.queue import Job, submit_job
from webapp.runs.queries import RunRow
from webapp.store.session import Store


def make_again(store: Store, queue: Queue, run: RunRow, user: str, now: int) -> Job:
    """Queue a run to be made again; the worker refuses where it cannot be, before it begins one."""
    return submit_job(store, queue, "reproduce", {"run_id": run.run_id, "family": run.family}, user, now)
