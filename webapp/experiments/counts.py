"""How many runs of an experiment have a number for a metric or two, and why the others have none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, or_, select

from ml.charts.experiments.values import Counts
from webapp.experiments.days import Span, is_dated
from webapp.experiments.ends import Scored, is_finite
from webapp.store.mlflow_tables import LARGEST_FLOAT
from webapp.store.paging import count_runs
from webapp.store.tables import run, value

ACCURACY = "accuracy"
"""The metric of which an index knows the runs that lack a finite number."""


def count_scored(conn: Connection, experiment_id: int, metric: Scored, span: Span) -> Counts:
    """Count the runs for a chart over time."""
    logged, finite = _count(conn, experiment_id, metric, span.runs)
    undated = _count_undated(conn, experiment_id, metric) if span.undated else 0
    return Counts(span.runs, span.runs - logged, logged - finite, undated)


def count_pairs(conn: Connection, experiment_id: int, metrics: Sequence[Scored], span: Span) -> Counts:
    """Count the runs for a chart of two metrics: what the second has, but for what the first lacks of it."""
    first, second = sorted(metrics, key=lambda metric: metric.axis.metric != ACCURACY)
    logged, finite = _count(conn, experiment_id, second, span.runs)
    if _count(conn, experiment_id, first, span.runs)[1] < span.runs:
        lacking, odd = _count_lacking(conn, experiment_id, first, second)
        logged, finite = logged - lacking, finite - odd
    return Counts(span.runs, span.runs - logged, logged - finite)


def _count(conn: Connection, experiment_id: int, metric: Scored, runs: int) -> tuple[int, int]:
    """Count the runs that logged a metric, and those whose number is finite."""
    if metric.axis.metric == ACCURACY and not _lacks_accuracy(conn, experiment_id):
        return runs, runs
    numbers = _count_numbers(conn, experiment_id, metric, runs)
    nans = 0 if numbers == runs else _count_values(conn, experiment_id, metric, _is_nan())
    ends = (value.c.number >= LARGEST_FLOAT, value.c.number <= -LARGEST_FLOAT)
    return numbers + nans, numbers - sum(_count_values(conn, experiment_id, metric, end) for end in ends)


def _count_numbers(conn: Connection, experiment_id: int, metric: Scored, runs: int) -> int:
    """Count an experiment's numbers: where all runs of the store have one at once, else on the smaller side."""
    is_number = value.c.number.is_not(None)
    query = select(func.count()).select_from(value).where(value.c.key_id == metric.key_id, is_number)
    in_all, total = conn.execute(query).scalar_one(), count_runs(conn)
    if in_all == total:
        return runs
    own = run.c.experiment_id
    if 2 * runs <= total:
        return _count_runs(conn, metric, is_number, own == experiment_id)
    return in_all - _count_runs(conn, metric, is_number, or_(own < experiment_id, own > experiment_id, own.is_(None)))


def _count_undated(conn: Connection, experiment_id: int, metric: Scored) -> int:
    is_undated = or_(run.c.started_at.is_(None), ~is_dated())
    return _count_runs(conn, metric, is_finite(value.c.number), run.c.experiment_id == experiment_id, is_undated)


def _count_runs(conn: Connection, metric: Scored, has: ColumnElement[bool], *where: ColumnElement[bool]) -> int:
    """Go from some runs to their values."""
    held = exists().where(value.c.run_number == run.c.number, value.c.key_id == metric.key_id, has).correlate(run)
    return conn.execute(select(func.count()).select_from(run).where(*where, held)).scalar_one()


def _count_values(conn: Connection, experiment_id: int, metric: Scored, where: ColumnElement[bool]) -> int:
    """Go from some values to their runs."""
    its = exists().where(run.c.number == value.c.run_number, run.c.experiment_id == experiment_id).correlate(value)
    query = select(func.count()).select_from(value).where(value.c.key_id == metric.key_id, where, its)
    return conn.execute(query).scalar_one()


def _count_lacking(conn: Connection, experiment_id: int, first: Scored, second: Scored) -> tuple[int, int]:
    """Of the runs that lack a finite number for the first metric, count those that logged the second but not the first.

    And those that have a finite number for the second.
    """
    one, other = value.alias("one"), value.alias("other")

    def has(held: Any, metric: Scored) -> ColumnElement[bool]:
        return and_(held.c.run_number == run.c.number, held.c.key_id == metric.key_id)

    is_accuracy = first.axis.metric == ACCURACY
    has_finite = exists().where(has(value, first), is_finite(value.c.number)).correlate(run)
    query = (
        select(func.sum(case((one.c.run_number.is_(None), 1), else_=0)),
               func.sum(case((is_finite(other.c.number), 1), else_=0)))
        .select_from(run)
        .join(other, has(other, second))
        .outerjoin(one, has(one, first))
        .where(run.c.experiment_id == experiment_id, run.c.accuracy.is_(None) if is_accuracy else ~has_finite)
    )  # fmt: skip
    lacking, odd = conn.execute(query).one()
    return lacking or 0, odd or 0


def _lacks_accuracy(conn: Connection, experiment_id: int) -> bool:
    query = select(1).where(run.c.experiment_id == experiment_id, run.c.accuracy.is_(None)).limit(1)
    return conn.execute(query).first() is not None


def _is_nan() -> ColumnElement[bool]:
    return and_(value.c.number.is_(None), value.c.text.is_(None))
