"""What can be told of a large experiment from the ends of the store's indexes, where few of its numbers are read.

A run that no other beats is the best in one thing or good in both, so it stands near one end of an index or the other:
walks from both ends meet it long before they have met everything. Each walk tells how far it came; when whatever lies
beyond cannot matter any more, what was met is the exact answer. Where that would take too long, there is no answer
here, and whoever asks has to read everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, and_, select

from ml.charts.experiments.climb import find_records
from ml.charts.experiments.dominance import find_front
from ml.charts.experiments.values import Axis, PlainPair, PlainPoint
from webapp.experiments.days import is_dated
from webapp.store.mlflow_tables import LARGEST_FLOAT
from webapp.store.paging import count_runs
from webapp.store.tables import run, value

_Met = TypeVar("_Met")
FIRST_WALK, LONGER, LARGEST_SHARE = 256, 4, 4
"""So many of the experiment's runs at first, so many times as many at the next try, up to this part of all."""
SAMPLE = 1_000
_GOLDEN, _TURN = 2_654_435_769, 2**32
"""The golden section of a turn: its multiples are spread over a turn more evenly than those of any other part."""


@dataclass(frozen=True)
class Glance:
    """How a large experiment is looked at: the runs to draw beside the best, and how long the first walks are."""

    sample: Sequence[int]
    first: int = FIRST_WALK


@dataclass(frozen=True)
class Scored:
    """A metric in the store: what it is to a chart, and the id of its key."""

    axis: Axis
    key_id: int


def climb(
    conn: Connection, experiment_id: int, metric: Scored, runs: int, first: int = FIRST_WALK
) -> list[PlainPoint] | None:
    """Find the runs that were better than all before them, from the first in time and the best of all.

    Returns
    -------
    None where that would take a long walk: every run but the last was better than the one before, say.
    """
    axis = metric.axis

    def step(many: int) -> list[PlainPoint] | None:
        early = _keep(conn, _select_early(metric, many), experiment_id)
        if max((axis.gain(held) for _start, _number, held in early), default=-inf) < _find_bound(conn, metric, many):
            return None  # a better one may lie beyond
        good = _keep(conn, _select_best(metric, many), experiment_id)
        return find_records(sorted({*early, *good}), axis)

    return _try_further(conn, runs, first, step)


def find_few_on_front(
    conn: Connection, experiment_id: int, x: Scored, y: Scored, runs: int, first: int = FIRST_WALK
) -> list[PlainPair] | None:
    """Find the runs that none beats in both metrics, from the best in each; None where that would take a long walk."""

    def step(many: int) -> list[PlainPair] | None:
        met = {(number, one, other) for number, one, other in _keep(conn, _select_pairs(x, y, many), experiment_id)}
        met |= {(number, other, one) for number, one, other in _keep(conn, _select_pairs(y, x, many), experiment_id)}
        bounds = _find_bound(conn, x, many), _find_bound(conn, y, many)
        gains = ((x.axis.gain(pair[1]), y.axis.gain(pair[2])) for pair in met)
        if not any(one >= bounds[0] and other >= bounds[1] and (one, other) != bounds for one, other in gains):
            return None  # one that nobody here beats may lie beyond
        return find_front(list(met), x.axis, y.axis)

    return _try_further(conn, runs, first, step)


def sample_runs(conn: Connection, experiment_id: int, runs: int, most: int = SAMPLE) -> list[int]:
    """Pick about so many of an experiment's runs, evenly over the order in which they were logged."""
    is_picked = (run.c.number * _GOLDEN) % _TURN < _TURN * most // max(runs, most)
    query = select(run.c.number).where(run.c.experiment_id == experiment_id, is_picked)
    return list(conn.execute(query).scalars())


def _try_further(
    conn: Connection, runs: int, first: int, step: Callable[[int], list[_Met] | None]
) -> list[_Met] | None:
    """Walk further until there is an answer; the more other runs there are, the longer the way to as many of these."""
    far = -(-count_runs(conn) // runs)
    for many in _lengths(first, runs):
        found = step(many * far)
        if found is not None:
            return found
    return None


def _lengths(first: int, runs: int) -> Iterator[int]:
    while first * LARGEST_SHARE <= runs:
        yield first
        first *= LONGER


def _keep(conn: Connection, query: Select[Any], experiment_id: int) -> list[Any]:
    """Keep the rows of the experiment that have finite numbers; both are told by the columns at the end of a row.

    Told of the one or the other, SQLite would begin with all of its runs or all numbers of the metric.
    """
    return [
        tuple(row[:-1])
        for row in conn.execute(query)
        if row[-1] == experiment_id and row[-2] is not None and -LARGEST_FLOAT < row[-2] < LARGEST_FLOAT
    ]


def _select_early(metric: Scored, many: int) -> Select[Any]:
    """Select the first runs of the store with their numbers."""
    first = (
        select(run.c.started_at, run.c.number, run.c.experiment_id)
        .where(is_dated())
        .order_by(run.c.started_at, run.c.number)
        .limit(many)
        .subquery()
    )
    query = select(first.c.started_at, first.c.number, value.c.number, first.c.experiment_id)
    return query.outerjoin(value, _is_of(metric, first.c.number))


def _select_best(metric: Scored, many: int) -> Select[Any]:
    """Select the best runs of the store, those of them that a calendar knows."""
    best = _walk(metric).limit(many).subquery()
    query = select(run.c.started_at, best.c.run_number, best.c.number, run.c.experiment_id).select_from(best)
    return query.outerjoin(run, run.c.number == best.c.run_number).where(is_dated())


def _select_pairs(metric: Scored, other: Scored, many: int) -> Select[Any]:
    """Select the best runs of the store in one metric, with their numbers for the other."""
    best = _walk(metric).limit(many).subquery()
    query = select(best.c.run_number, best.c.number, value.c.number, run.c.experiment_id).select_from(best)
    query = query.outerjoin(run, run.c.number == best.c.run_number)
    return query.outerjoin(value, _is_of(other, best.c.run_number))


def _find_bound(conn: Connection, metric: Scored, many: int) -> float:
    """What no run gains more than beyond the best so many."""
    last = conn.execute(_walk(metric).limit(1).offset(many - 1)).first()
    return metric.axis.gain(last.number) if last else -inf


def _walk(metric: Scored) -> Select[Any]:
    """Walk down the numbers of a metric, from the best."""
    number = value.c.number
    query = select(number, value.c.run_number).where(value.c.key_id == metric.key_id, is_finite(number))
    return query.order_by(number.asc() if metric.axis.is_lower_better else number.desc())


def _is_of(metric: Scored, number: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(value.c.run_number == number, value.c.key_id == metric.key_id)


def is_finite(number: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a value is no NaN, which is NULL, and no infinity, which is the largest float."""
    return and_(number > -LARGEST_FLOAT, number < LARGEST_FLOAT)
