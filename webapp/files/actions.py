"""What admins do with a run's files."""

from __future__ import annotations

from webapp.files.queries import KIND, find_fetching
from webapp.jobs.messages import Queue
from webapp.jobs.queue import Job, insert_job, lock_queue
from webapp.runs.queries import RunRow
from webapp.store.session import Store


def fetch_files(store: Store, queue: Queue, run: RunRow, user: str, now: int) -> Job:
    """Queue the fetching of a run's files; one that waits or runs already is returned instead of a second."""
    with store.write() as conn:
        lock_queue(conn)
        going = find_fetching(conn, run.run_id)
        if going and not going.is_finished:
            return going
        params = {"run_id": run.run_id, "run_name": run.name or run.run_id[:8]}
        added = insert_job(conn, KIND, params, user, now)
    queue.wake()
    return added
