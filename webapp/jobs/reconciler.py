"""Puts right what a dead worker left: the reason why a lost process or a lost message loses no job."""

from __future__ import annotations

import logging

from sqlalchemy import Connection, exists, select

from webapp.jobs.claims import Claim, end_attempt, end_cancelled
from webapp.jobs.debris import clear_orphans
from webapp.jobs.messages import Queue
from webapp.jobs.queue import Failure
from webapp.jobs.states import State
from webapp.store.session import Store
from webapp.store.tables import job

logger = logging.getLogger(__name__)


def reconcile(store: Store, queue: Queue, now: int) -> None:
    """Take up every job whose lease has run out, and see that queued jobs have a message on its way."""
    with store.read() as conn:
        expired = conn.scalars(select(job.c.id).where(job.c.state == State.RUNNING, job.c.lease_until < now)).all()
    for job_id in expired:
        with store.write() as conn:
            end_expired(conn, job_id, now)
    with store.read() as conn:
        is_waiting = conn.execute(select(exists().where(job.c.state == State.QUEUED))).scalar_one()
    if is_waiting and queue.is_empty():
        queue.wake()


def end_expired(conn: Connection, job_id: str, now: int) -> None:
    """End the attempt of a job whose worker is gone, unless it has come back meanwhile."""
    row = conn.execute(
        select(job.c.owner, job.c.attempt, job.c.number, job.c.cancel_requested)
        .where(job.c.id == job_id, job.c.state == State.RUNNING, job.c.lease_until < now)
        .with_for_update()
    ).one_or_none()
    if row is None:
        return
    claim = Claim(job_id, row.owner, row.attempt)
    logger.warning("job %s lost its worker %s in attempt %s", row.number, row.owner, row.attempt)
    if row.cancel_requested:
        end_cancelled(conn, claim, now)
    else:
        end_attempt(conn, claim, Failure("worker_lost", row.owner), now)


def sweep(store: Store, now: int) -> None:
    """End the runs that nobody is working on any more."""
    with store.write() as conn:
        count = clear_orphans(conn, now)
    if count:
        logger.warning("ended %s run(s) that no process was working on", count)
