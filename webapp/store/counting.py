"""How many runs fulfil some conditions, counted once for each state of the projection."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Connection, Engine, Select, func, select

from webapp.store.tables import projection, run

MOST_KEPT = 256

_kept: WeakKeyDictionary[Engine, OrderedDict[tuple[int, Hashable], int]] = WeakKeyDictionary()
_lock = Lock()


def count_matching(
    conn: Connection,
    question: Hashable,
    where: Sequence[ColumnElement[bool]],
    select_numbers: Callable[[], Select[Any]] | None = None,
) -> int:
    """Count the runs, or remember how many there were when the same was asked of the same projection.

    Parameters
    ----------
    question
        What the conditions say, in values: two that are equal have the same runs, as far as the projection tells; None
        where something else tells, too, and the answer must not be kept.
    select_numbers
        Makes a query for the numbers of the runs that fulfil the conditions, where there is a quicker one.
    """
    if question is None:
        return _count(conn, where, select_numbers)
    version = find_version(conn)
    with _lock:
        answers = _kept.setdefault(conn.engine, OrderedDict())
        if (version, question) in answers:
            answers.move_to_end((version, question))
            return answers[version, question]
    counted = _count(conn, where, select_numbers)
    with _lock:
        answers[version, question] = counted
        if len(answers) > MOST_KEPT:
            answers.popitem(last=False)
    return counted


def find_version(conn: Connection) -> int:
    """Return the number of the latest change to the projection."""
    return conn.execute(select(projection.c.version)).scalar() or 0


def _count(
    conn: Connection, where: Sequence[ColumnElement[bool]], select_numbers: Callable[[], Select[Any]] | None
) -> int:
    if select_numbers:
        return conn.execute(select(func.count()).select_from(select_numbers().subquery())).scalar_one()
    return conn.execute(select(func.count()).select_from(run).where(*where)).scalar_one()
