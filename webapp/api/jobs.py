"""`GET /api/v1/jobs/<id>`: how far a job is."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from webapp.jobs.queue import find_job
from webapp.security import access
from webapp.store.session import reading

blueprint = Blueprint("api_jobs", __name__)


@blueprint.get("/jobs/<job_id>")
@access("reader", "read")
def show_job(job_id: str) -> ResponseReturnValue:
    """One job with its stages and, once it has ended, its result or the reason why it failed."""
    job = find_job(reading(), job_id)
    if job is None:
        abort(404, f"there is no job {job_id!r}")
    return asdict(job)
