"""What admins do: each a job in the queue, or an end to one, with its line in the log of events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from webapp.jobs.messages import Queue
from webapp.jobs.queue import Job, request_cancel, submit_job
from webapp.store.session import Store


def retrain(store: Store, queue: Queue, request: Mapping[str, Any], user: str, now: int) -> Job:
    """Queue a training; two admins who do so together get two jobs, in order."""
    return submit_job(store, queue, "train", request, user, now)


def prepare_again(store: Store, queue: Queue, user: str, now: int) -> Job:
    """Queue the preparation of the data."""
    return submit_job(store, queue, "prepare", {}, user, now)


def cancel(store: Store, job_id: str, user: str, now: int) -> Job | None:
    """Ask for a job to be stopped; None where there is no such job."""
    return request_cancel(store, job_id, user, now)
