"""What the frame of every page tells: the data in use, and how much is being done."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, literal, select, true

from webapp.store.direct import Direct
from webapp.store.tables import dataset, job


@dataclass(frozen=True)
class Glance:
    """How many jobs wait or run, and the rows of the dataset that was prepared last; None where none was."""

    jobs_unfinished: int
    rows: int | None
    is_stand_in: bool


def _select_glance() -> Direct:
    """One statement: each lets other threads in, and takes its turn again."""
    # Elements, and not a list to be expanded at each execution.
    is_unfinished = job.c.state.in_([literal("queued"), literal("running")])
    counted = select(func.count().label("unfinished")).select_from(job).where(is_unfinished).subquery()
    newest = (
        select(dataset.c.rows, dataset.c.origin)
        .where(dataset.c.name == bindparam("name"))
        .order_by(dataset.c.prepared_at.desc(), dataset.c.id.desc())
        .limit(1)
        .subquery()
    )
    columns = (counted.c.unfinished, newest.c.rows, newest.c.origin)
    return Direct(select(*columns).select_from(counted.outerjoin(newest, true())))


_GLANCE = _select_glance()


def find_glance(conn: Connection, name: str) -> Glance:
    """Find what the frame tells where the dataset has that name."""
    found = _GLANCE.find(conn, name=name)
    if found is None:  # a count has a row in any case
        return Glance(0, None, is_stand_in=False)
    unfinished, rows, origin = found
    return Glance(unfinished, rows, is_stand_in=rows is not None and json.loads(origin)["kind"] == "stand_in")
