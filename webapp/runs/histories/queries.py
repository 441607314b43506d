"""Reads of metric histories, each along MLflow's own index by run, key and step: no other metric is touched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, exists, func, select

from ml.charts.axes import Across
from ml.histories import Curve, Point, trace_curve
from webapp.runs.queries import read_value
from webapp.store.mlflow_tables import LARGEST_FLOAT, latest_metrics, metrics, runs

_AT_A_TIME = 2_000


@dataclass(frozen=True)
class RunState:
    """How a run stands, read where its writer writes. Times are UTC epoch milliseconds."""

    status: str | None
    started_at: int | None
    ended_at: int | None


@dataclass(frozen=True)
class LatestValue:
    """The last value of a metric; None where it is no finite number."""

    key: str
    step: int
    time: int
    value: float | None


def list_curve_keys(conn: Connection, run_id: str) -> tuple[str, ...]:
    """Name the run's metrics that have more than one value, at the cost of two steps down an index for each."""
    second = select(1).where(metrics.c.run_uuid == latest_metrics.c.run_uuid, metrics.c.key == latest_metrics.c.key)
    query = select(latest_metrics.c.key).where(
        latest_metrics.c.run_uuid == run_id, exists(second.offset(1).limit(1).correlate(latest_metrics))
    )
    return tuple(sorted(conn.execute(query).scalars(), key=lambda key: (key.casefold(), key)))


def find_curve(conn: Connection, run_id: str, key: str, across: Across, weight: float = 0.0) -> Curve | None:
    """Read one metric of one run, thinned; None where it has no value."""
    is_it = metrics.c.run_uuid == run_id, is_metric(key)
    count = conn.execute(select(func.count()).select_from(metrics).where(*is_it)).scalar_one()
    if not count:
        return None
    points = (
        Point(place, step, time, read_value(value, is_nan=is_nan))
        for place, (step, time, value, is_nan) in enumerate(conn.execute(_select_values(run_id, key, across)))
    )
    return trace_curve(key, points, count, weight=weight)


def has_values(conn: Connection, run_ids: Sequence[str], key: str) -> bool:
    """Whether any of the runs has a value of the metric."""
    query = select(1).where(metrics.c.run_uuid.in_(run_ids), is_metric(key)).limit(1)
    return conn.execute(query).first() is not None


def stream_values(conn: Connection, run_id: str, key: str) -> Iterator[Point]:
    """Read every value of a metric by step, a few at a time."""
    query = _select_values(run_id, key, "step").execution_options(yield_per=_AT_A_TIME)
    for place, (step, time, value, is_nan) in enumerate(conn.execute(query)):
        yield Point(place, step, time, read_value(value, is_nan=is_nan))


def find_state(conn: Connection, run_id: str) -> RunState | None:
    """Read how a run stands; None where there is none, or it was deleted."""
    query = select(runs.c.status, runs.c.start_time, runs.c.end_time).where(
        runs.c.run_uuid == run_id, runs.c.lifecycle_stage == "active"
    )
    row = conn.execute(query).one_or_none()
    return RunState(*row) if row else None


def list_latest(conn: Connection, run_id: str) -> tuple[LatestValue, ...]:
    """Read the last value of every metric of a run."""
    found = latest_metrics.c
    query = select(found.key, found.step, found.timestamp, found.value, found.is_nan).where(found.run_uuid == run_id)
    values = (
        LatestValue(key, step, time or 0, None if is_nan or abs(value) >= LARGEST_FLOAT else value)
        for key, step, time, value, is_nan in conn.execute(query)
    )
    return tuple(sorted(values, key=lambda item: (item.key.casefold(), item.key)))


def is_metric(key: str) -> ColumnElement[bool]:
    """Whether a row of `metrics` is of this metric, said as a range.

    Said as an equality, SQLite takes the primary key, which begins with the key and holds every run of the store.
    """
    return metrics.c.key.between(key, key)


def _select_values(run_id: str, key: str, across: Across) -> Select[int, int, float, bool]:
    values = metrics.c
    order = (values.step, values.timestamp) if across == "step" else (values.timestamp, values.step)
    return (
        select(values.step, values.timestamp, values.value, values.is_nan)
        .where(values.run_uuid == run_id, is_metric(key))
        .order_by(*order, values.value)
    )
