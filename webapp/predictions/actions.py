"""What changes the log of predictions after the answers: truths, erasure, and the end of their time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Row, delete, func, select, update

from webapp.events import write_event
from webapp.predictions.queries import find_request
from webapp.predictions.values import LARGEST_ROW, AnsweredRequest
from webapp.store.session import Store
from webapp.store.tables import prediction, prediction_request

if TYPE_CHECKING:
    from webapp.accounts.queries import User  # which the worker, who only purges, need not load

DAY = 24 * 60 * 60 * 1000
TRUTH_CORRECTED, EXPORTED, ERASED, PURGED = (
    "truth_corrected",
    "prediction_exported",
    "prediction_erased",
    "predictions_purged",
)
MOST_PURGED = 10_000
MOST_REQUESTS = 1000
"""Rows, and requests, that one transaction deletes at most, so that nobody who writes waits for long."""


class NoSuchRowError(LookupError):
    """The log has no such row."""


class NoSuchClassError(ValueError):
    """The model that answered has no such class; it has `classes`."""

    def __init__(self, classes: tuple[str, ...]) -> None:
        super().__init__()
        self.classes = classes


def record_truth(store: Store, request_id: str, row: int, truth: str | None, user: User, now: int) -> None:
    """Record what turned out to be true of a row, or correct it; None takes it back.

    That a truth was changed stands in the log of events, without the values: they go when the request is erased.

    Raises
    ------
    NoSuchRowError, NoSuchClassError
        Nothing is changed then.
    """
    if row > LARGEST_ROW:
        raise NoSuchRowError
    is_it = (prediction.c.request_id == request_id, prediction.c.row == row)
    with store.write() as conn:
        found = conn.execute(
            select(prediction_request.c.classes, prediction.c.truth)
            .join(prediction, prediction.c.request_id == prediction_request.c.id)
            .where(*is_it)
            .with_for_update()
        ).one_or_none()
        if found is None:
            raise NoSuchRowError
        classes = json.loads(found.classes)
        if truth is not None and truth not in classes:
            raise NoSuchClassError(tuple(classes))
        if truth == found.truth:
            return
        at, by = (None, None) if truth is None else (now, user.id)
        conn.execute(update(prediction).where(*is_it).values(truth=truth, truth_at=at, truth_by=by))
        if found.truth is not None:
            _note(conn, TRUTH_CORRECTED, user.name, now, request_id, {"row": row})


def export_request(store: Store, request_id: str, user: str, now: int) -> AnsweredRequest | None:
    """Take a request out of the log to hand it on, which is noted; None where there is none."""
    with store.write() as conn:
        found = find_request(conn, request_id)
        if found is not None:
            _note(conn, EXPORTED, user, now, request_id, {"rows": len(found.rows)})
    return found


def erase_request(store: Store, request_id: str, user: str, now: int) -> int | None:
    """Erase a request with its rows and truths; return how many rows it had, None where there is none."""
    with store.write() as conn:
        query = delete(prediction_request).where(prediction_request.c.id == request_id)
        rows: int | None = conn.execute(query.returning(prediction_request.c.rows)).scalar()
        if rows is not None:
            _note(conn, ERASED, user, now, request_id, {"rows": rows})
    return rows


def purge_some(store: Store, before: int) -> int:
    """Delete the oldest rows of those answered before a time, 10,000 at most, and return how many.

    A request of more rows goes in several parts, its own row last.
    """
    with store.write() as conn:
        due = _list_due(conn, before)
        if not due:
            return 0
        rows: int = sum(request.rows for request in due)
        if rows > MOST_PURGED:
            return _purge_part(conn, due[0].id)
        conn.execute(delete(prediction_request).where(prediction_request.c.id.in_([request.id for request in due])))
    return rows


def note_purge(store: Store, rows: int, days: int, user: str, now: int) -> None:
    """Note that somebody purged the log by hand."""
    with store.write() as conn:
        _note(conn, PURGED, user, now, "", {"rows": rows, "days": days})


def _list_due(conn: Connection, before: int) -> list[Row[str, int]]:
    """The oldest requests that have 10,000 rows together at most; the oldest alone where it has more."""
    query = (
        select(prediction_request.c.id, prediction_request.c.rows)
        .where(prediction_request.c.made_at < before)
        .order_by(prediction_request.c.made_at)
        .limit(MOST_REQUESTS)
    )
    chosen: list[Row[str, int]] = []
    total = 0
    for request in conn.execute(query):
        total += request.rows
        if chosen and total > MOST_PURGED:
            break
        chosen.append(request)
    return chosen


def _purge_part(conn: Connection, request_id: str) -> int:
    """Delete the last rows of a large request, and the request with the first of them; return how many rows went."""
    of_request = prediction.c.request_id == request_id
    last: int = conn.execute(select(func.coalesce(func.max(prediction.c.row), 0)).where(of_request)).scalar_one()
    if last <= MOST_PURGED:
        conn.execute(delete(prediction_request).where(prediction_request.c.id == request_id))
        return last
    conn.execute(delete(prediction).where(of_request, prediction.c.row > last - MOST_PURGED))
    return MOST_PURGED


def _note(conn: Connection, kind: str, user: str, now: int, request_id: str, detail: dict[str, int]) -> None:
    write_event(conn, kind, request_id, json.dumps(detail), user=user, now=now)
