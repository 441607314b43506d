"""What admins do: ask for a comparison, which is a job in the queue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from webapp.compare.queries import KIND
from webapp.jobs.messages import Queue
from webapp.jobs.queue import Job, submit_job
from webapp.store.session import Store


def ask_comparison(store: Store, queue: Queue, request: Mapping[str, Any], user: str, now: int) -> Job:
    """Queue a comparison; what is not said is left to the worker."""
    said = {name: value for name, value in request.items() if value is not None}
    return submit_job(store, queue, KIND, said, user, now)
