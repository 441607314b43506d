"""The audits that were asked for, and what they found."""

from __future__ import annotations

from functools import cache

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, select

from ml.examination.audit import AuditReport
from webapp.audit.actions import KIND
from webapp.jobs.queue import Job, find_job, read_job
from webapp.store.tables import job


def find_audit(conn: Connection, job_id: str) -> Job | None:
    """Find the job of one audit; another kind of job is none."""
    found = find_job(conn, job_id)
    return found if found and found.kind == KIND else None


def list_audits(conn: Connection, limit: int) -> tuple[Job, ...]:
    """List the last audits that were asked for, newest first."""
    rows = conn.execute(select(job).where(job.c.kind == KIND).order_by(job.c.number.desc()).limit(limit))
    return tuple(read_job(row) for row in rows)


def read_audit(found: Job) -> AuditReport | None:
    """What a job found; None before its end, and of a result that another release wrote."""
    if found.result is None:
        return None
    try:
        return _reports().validate_python(found.result.get("audit"))
    except ValidationError:
        return None


@cache
def _reports() -> TypeAdapter[AuditReport]:
    return TypeAdapter(AuditReport)
