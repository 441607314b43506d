"""Answers about the run history, kept in the process for as long as the projection stays as it is."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from cachetools import LRUCache
from sqlalchemy import Connection, Engine, select

from webapp.store.tables import projection

MOST_BYTES = 32_000_000
"""What all answers about one store may weigh, as pickles; the one that was asked for longest ago goes first."""

_VERSION = select(projection.c.version)

_Answer = TypeVar("_Answer")
_Answers = LRUCache[tuple[int, Hashable], Any]

_kept: WeakKeyDictionary[Engine, _Answers] = WeakKeyDictionary()
_lock = Lock()


def find_answer(
    conn: Connection, question: Hashable, find: Callable[[], _Answer], version: int | None = None
) -> _Answer:
    """Return what `find` returns, or what it returned when the same was asked of the same state of the projection.

    Two who ask at once may both have it found.

    Parameters
    ----------
    question
        All that the answer depends on but the projection; None where something else tells, too, so that the answer must
        not be kept.
    version
        What `find_version` said within the same reading, by who has asked it already.
    """
    if question is None:
        return find()
    asked = find_version(conn) if version is None else version, question
    with _lock:
        answers = _kept.setdefault(conn.engine, LRUCache(MOST_BYTES, getsizeof=_weigh))
        if asked in answers:
            kept: _Answer = answers[asked]
            return kept
    found = find()
    if _weigh(found) < MOST_BYTES:
        with _lock:
            answers[asked] = found
    return found


def find_version(conn: Connection) -> int:
    """Return the number of the latest change to the projection."""
    return conn.execute(_VERSION).scalar() or 0


def _weigh(answer: object) -> int:
    return len(pickle.dumps(answer))
