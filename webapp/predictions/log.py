"""The one door into the log of predictions. Who has passed it has their answer in the store, for good.

Requests that come while one is being written are written together: whoever comes first leads, takes all that wait along
into one transaction, and the others find theirs done. So a commit is paid once for all of them, and by nobody twice.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Insert, insert
from sqlalchemy.dialects import postgresql, sqlite

from webapp.predictions.values import AnsweredRequest, header_of, rows_of
from webapp.store.session import Store
from webapp.store.tables import prediction, prediction_request

_NEW_REQUEST, _NEW_ROW = insert(prediction_request), insert(prediction)


class NotLoggedError(Exception):
    """The store did not take an answer, which therefore must not be given."""


class KeyTakenError(Exception):
    """The same caller has been answered under the same idempotency key, by another process at the same time."""


@dataclass(eq=False)
class _Entry:
    request: AnsweredRequest
    is_settled: bool = False
    error: BaseException | None = None

    def settle(self, error: BaseException | None = None) -> None:
        self.is_settled, self.error = True, error


class PredictionLog:
    """The log as one process writes it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[_Entry] = []
        self._guard, self._turn = threading.Lock(), threading.Lock()

    def append(self, request: AnsweredRequest) -> None:
        """Write a request's answers; on return they are committed.

        Raises
        ------
        NotLoggedError
            Where the store cannot be written: it is away, full, or locked for too long. Nothing was written.
        KeyTakenError
            Where its idempotency key is in the log already. Nothing was written.
        """
        entry = _Entry(request)
        with self._guard:
            self._waiting.append(entry)
        with self._turn:
            if not entry.is_settled:
                self._lead()
        if isinstance(entry.error, KeyTakenError):
            raise entry.error
        if entry.error is not None:
            raise NotLoggedError(request.id) from entry.error

    def _lead(self) -> None:
        """Write whatever waits once the store is ours to write; where it fails, it fails for all who have waited."""
        entries: list[_Entry] = []
        taken: set[str] = set()
        try:
            with self._store.write() as conn:
                entries = self._take()
                taken = _write(conn, [entry.request for entry in entries])
        except Exception as error:  # noqa: BLE001 - whatever it is, everyone who waits has to hear of it
            for entry in (*entries, *self._take()):
                entry.settle(error)
            return
        for entry in entries:
            entry.settle(KeyTakenError() if entry.request.id in taken else None)

    def _take(self) -> list[_Entry]:
        with self._guard:
            entries, self._waiting = self._waiting, []
        return entries


def _write(conn: Connection, requests: Sequence[AnsweredRequest]) -> set[str]:
    """Insert them all, and return the ids of those whose key was there before, which are left out."""
    keyed = [request for request in requests if request.key]
    taken = {request.id for request in keyed} - _insert_keyed(conn, keyed) if keyed else set()
    headers = [header_of(request) for request in requests if not request.key]
    if headers:
        conn.execute(_NEW_REQUEST, headers)
    rows = [row for request in requests if request.id not in taken for row in rows_of(request)]
    conn.execute(_NEW_ROW, rows)
    return taken


def _insert_keyed(conn: Connection, requests: Sequence[AnsweredRequest]) -> set[str]:
    """Insert those whose key nobody has used, one by one, so that of two with the same key in one batch one is in."""
    added = set()
    for request in requests:
        found = conn.execute(_new_keyed(conn), header_of(request)).scalar()
        if found is not None:
            added.add(request.id)
    return added


def _new_keyed(conn: Connection) -> Any:
    dialect: Any = sqlite if conn.dialect.name == "sqlite" else postgresql
    statement: Insert = dialect.insert(prediction_request).on_conflict_do_nothing().returning(prediction_request.c.id)
    return statement
