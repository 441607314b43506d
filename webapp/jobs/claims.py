"""What a worker may do to a row: claim it, hold it, and let it go. One transaction each.

A claim is a lease. Every later step names the owner and the attempt, so that a worker that was away for too long (a
suspended machine, a stopped process) finds its steps without effect instead of overwriting its successor's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, select, update

from webapp.jobs.debris import clear_debris, find_finished_run
from webapp.jobs.queue import Failure, Job, Stage, read_job
from webapp.jobs.states import State
from webapp.store.session import Store
from webapp.store.tables import job

LEASE = 4_000
"""Milliseconds that a claim lasts unless renewed: what a dead worker costs before its job is taken up again."""
ATTEMPTS = 2
"""How often a job may lose its worker before it counts as failed."""


class Hold(StrEnum):
    """What a worker learns when it renews its lease."""

    HELD = "held"
    CANCEL = "cancel"
    LOST = "lost"


@dataclass(frozen=True)
class Claim:
    """One worker's hold on one job, for one attempt."""

    job_id: str
    owner: str
    attempt: int

    def holds(self) -> ColumnElement[bool]:
        """The condition under which a row is still this claim's."""
        return and_(
            job.c.id == self.job_id,
            job.c.state == State.RUNNING,
            job.c.owner == self.owner,
            job.c.attempt == self.attempt,
        )


def claim_oldest(store: Store, owner: str, now: int) -> tuple[Claim, Job] | None:
    """Take the oldest queued job, if there is one: of two workers that reach for it, one gets it."""
    oldest = select(job.c.id).where(job.c.state == State.QUEUED).order_by(job.c.number).limit(1)
    while True:
        with store.write() as conn:
            wanted = conn.execute(oldest).scalar()
            if wanted is None:
                return None
            row = conn.execute(
                update(job)
                .where(job.c.id == wanted, job.c.state == State.QUEUED)
                .values(
                    state=State.RUNNING,
                    owner=owner,
                    lease_until=now + LEASE,
                    attempt=job.c.attempt + 1,
                    progress="[]",
                    started_at=now,
                )
                .returning(job)
            ).one_or_none()
        if row is not None:
            return Claim(row.id, owner, row.attempt), read_job(row)


def renew_lease(store: Store, claim: Claim, now: int) -> Hold:
    """Hold on for another lease, and learn whether somebody wants the job stopped."""
    with store.write() as conn:
        cancel = conn.execute(
            update(job).where(claim.holds()).values(lease_until=now + LEASE).returning(job.c.cancel_requested)
        ).scalar()
    if cancel is None:
        return Hold.LOST
    return Hold.CANCEL if cancel else Hold.HELD


def record_stages(store: Store, claim: Claim, stages: tuple[Stage, ...]) -> bool:
    """Write how far the job is; False when the claim has been lost."""
    text = json.dumps([asdict(stage) for stage in stages])
    with store.write() as conn:
        return conn.execute(update(job).where(claim.holds()).values(progress=text)).rowcount == 1


def finish_job(conn: Connection, claim: Claim, result: Mapping[str, Any], now: int) -> bool:
    """Write the result and the end in one step; the caller's transaction may hold what else belongs to it."""
    done = update(job).where(claim.holds())
    return conn.execute(done.values(**_final(State.DONE, now), result=json.dumps(dict(result)))).rowcount == 1


def fail_job(store: Store, claim: Claim, failure: Failure, now: int) -> bool:
    """End the job, and the runs it left open, with the reason."""
    with store.write() as conn:
        return end_failed(conn, claim, failure, now)


def cancel_job(store: Store, claim: Claim, now: int) -> bool:
    """End a job that somebody asked to stop, and the runs it left open."""
    with store.write() as conn:
        return end_cancelled(conn, claim, now)


def retry_job(store: Store, claim: Claim, failure: Failure, now: int) -> bool:
    """Queue a job again whose process was lost, or fail it with the reason when that has happened too often."""
    with store.write() as conn:
        return end_attempt(conn, claim, failure, now)


def release_job(store: Store, claim: Claim, now: int) -> bool:
    """Give the job back, as though it had not been begun: its worker was asked to stop."""
    with store.write() as conn:
        return _end(conn, claim, _queued() | {"attempt": claim.attempt - 1}, "KILLED", now)


def end_failed(conn: Connection, claim: Claim, failure: Failure, now: int) -> bool:
    """Write the failure where the claim still holds, and clear what the attempt left in MLflow's tables."""
    return _end(conn, claim, _final(State.FAILED, now) | {"error": json.dumps(asdict(failure))}, "FAILED", now)


def end_cancelled(conn: Connection, claim: Claim, now: int) -> bool:
    """Write the cancellation where the claim still holds, and clear what the attempt left."""
    return _end(conn, claim, _final(State.CANCELLED, now), "KILLED", now)


def end_attempt(conn: Connection, claim: Claim, failure: Failure, now: int) -> bool:
    """Queue again or fail, where the claim still holds, and clear what the attempt left."""
    if claim.attempt >= ATTEMPTS:
        return end_failed(conn, claim, failure, now)
    return _end(conn, claim, _queued(), "FAILED", now)


def _end(conn: Connection, claim: Claim, values: dict[str, Any], status: str, now: int) -> bool:
    """End an attempt with `values`, its open runs with `status`.

    Where the attempt had already brought its run to the end, and only the word of it was lost, the job is done:
    to do it again would leave two runs for one request.
    """
    finished = find_finished_run(conn, claim.job_id)
    if finished is not None:
        result: dict[str, Any] = {"run_id": finished.id, "run_name": finished.name, "version": finished.version}
        result |= {"verdict": finished.verdict} if finished.verdict else {}
        return finish_job(conn, claim, result, now)
    is_ours = conn.execute(update(job).where(claim.holds()).values(**values)).rowcount == 1
    if is_ours:
        clear_debris(conn, claim.job_id, status, now)
    return is_ours


def _final(state: State, now: int) -> dict[str, Any]:
    return {"state": state, "owner": None, "lease_until": None, "finished_at": now}


def _queued() -> dict[str, Any]:
    return {"state": State.QUEUED, "owner": None, "lease_until": None, "progress": "[]", "started_at": None}
