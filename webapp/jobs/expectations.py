"""How long a job may be expected to take: as long as its like took before, and unknown where there was none."""

from __future__ import annotations

import json
from statistics import median

from sqlalchemy import Connection, select

from webapp.jobs.queue import Job
from webapp.jobs.states import State
from webapp.store.tables import job

LOOKED_AT = 50
COUNTED = 5
TRAININGS = ("train", "reproduce")
"""Kinds that do the same work."""


def expect_duration(conn: Connection, wanted: Job) -> int | None:
    """The median of the last five finished jobs of the same kind and family, in milliseconds."""
    kinds = TRAININGS if wanted.kind in TRAININGS else (wanted.kind,)
    finished = (
        select(job.c.params, job.c.started_at, job.c.finished_at)
        .where(job.c.state == State.DONE, job.c.kind.in_(kinds), job.c.started_at.is_not(None))
        .order_by(job.c.number.desc())
        .limit(LOOKED_AT)
    )
    family = wanted.params.get("family")
    took = [
        row.finished_at - row.started_at
        for row in conn.execute(finished)
        if json.loads(row.params).get("family") == family
    ]
    return round(median(took[:COUNTED])) if took else None
