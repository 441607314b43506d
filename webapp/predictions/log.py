"""The one door into the log of predictions. Who has passed it has their answer in the store, for good.

Requests that come while one is being written are written together: whoever comes first leads, takes all that wait along
into one transaction, and the others find theirs done. So a commit is paid once for all of them, and by nobody twice.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert
from sqlalchemy.dialects import postgresql, sqlite

from webapp.predictions.values import AnsweredRequest, header_of, rows_of
from webapp.store.direct import Direct
from webapp.store.session import Store
from webapp.store.tables import prediction, prediction_request

_NEW_REQUEST = Direct(insert(prediction_request))
_NEW_ROW = Direct(insert(prediction))


class NotLoggedError(Exception):
    """The store did not take an answer, which therefore must not be given."""


class KeyTakenError(Exception):
    """The same caller has been answered under the same idempotency key, by another process at the same time."""


@dataclass(eq=False)
class _Entry:
    """A request as it goes into the store, and what became of it."""

    header: dict[str, Any]
    rows: list[dict[str, Any]]
    is_settled: bool = False
    error: Exception | None = None

    def settle(self, error: Exception | None = None) -> None:
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
        entry = _Entry(header_of(request), list(rows_of(request)))  # here, not where everybody waits
        with self._guard:
            self._waiting.append(entry)
        with self._turn:
            if not entry.is_settled:
                self._lead()
        if isinstance(entry.error, KeyTakenError):
            raise entry.error
        if entry.error is not None or not entry.is_settled:
            raise NotLoggedError(request.id) from entry.error

    def _lead(self) -> None:
        """Write whatever waits once the store is ours to write; where it fails, it fails for all who have waited."""
        entries: list[_Entry] = []
        try:
            with self._store.write() as conn:
                entries = self._take()
                taken = _write(conn, entries)
        except Exception as error:  # noqa: BLE001 - whatever it is, everyone who waits has to hear of it
            for entry in (*entries, *self._take()):
                entry.settle(error)
            return
        for entry in entries:
            entry.settle(KeyTakenError() if entry in taken else None)

    def _take(self) -> list[_Entry]:
        with self._guard:
            entries, self._waiting = self._waiting, []
        return entries


def _write(conn: Connection, entries: Sequence[_Entry]) -> list[_Entry]:
    """Insert them all, and return those whose key was there before, which are left out."""
    plain = [entry.header for entry in entries if not entry.header["key_hash"]]
    if plain:
        _NEW_REQUEST.insert(conn, plain)
    # One by one, so that of two with the same key in one batch one is in.
    taken = [entry for entry in entries if entry.header["key_hash"] and not _insert_keyed(conn, entry.header)]
    rows = [row for entry in entries if entry not in taken for row in entry.rows]
    if rows:
        _NEW_ROW.insert(conn, rows)
    return taken


def _insert_keyed(conn: Connection, header: dict[str, Any]) -> bool:
    """Insert a request unless its key is there already."""
    dialect: Any = sqlite if conn.dialect.name == "sqlite" else postgresql
    query = dialect.insert(prediction_request).on_conflict_do_nothing().returning(prediction_request.c.id)
    return conn.execute(query, header).scalar() is not None
