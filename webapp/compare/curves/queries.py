"""Reads of one metric of many runs: a few statements however many runs there are, and a fixed number of points.

Where there are more values than that, the database itself cuts each run into stretches of the same length and sends
the lowest, the highest and the mean of each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil, log2
from typing import Any, Protocol

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Float,
    and_,
    case,
    cast,
    exists,
    func,
    or_,
    select,
)

from ml.charts.axes import Across
from ml.overlays import Band, Strand
from webapp.compare.curves.asked import Grouping
from webapp.runs.histories.queries import is_metric
from webapp.store.mlflow_tables import LARGEST_FLOAT, latest_metrics, metrics, params, tags

MOST_POINTS = 20_000
"""In one chart, whatever the number of runs."""
_FEWEST_BANDS = 10
MOST_GROUPS = 12
_OWN_TAGS = "mlflow."


class NamedRun(Protocol):
    """A run as the history has it."""

    @property
    def run_id(self) -> str: ...

    @property
    def name(self) -> str | None: ...


@dataclass(frozen=True)
class _Extent:
    """Of one run: how many values, and where they begin and end."""

    count: int
    begin: int
    end: int


def list_shared_keys(conn: Connection, run_ids: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Name the metrics that have more than one value in any of the runs, and in how many; the commonest first."""
    latest = latest_metrics.c
    second = select(1).where(metrics.c.run_uuid == latest.run_uuid, metrics.c.key == latest.key)
    query = (
        select(latest.key, func.count())
        .where(latest.run_uuid.in_(run_ids), exists(second.offset(1).limit(1).correlate(latest_metrics)))
        .group_by(latest.key)
    )
    found = [(key, count) for key, count in conn.execute(query)]
    return tuple(sorted(found, key=lambda item: (-item[1], item[0].casefold(), item[0])))


def list_groupings(conn: Connection, run_ids: Sequence[str]) -> tuple[Grouping, ...]:
    """Name the params and tags that put the runs into a few groups, at least one of them with several runs."""
    found: list[Grouping] = []
    for source, table in (("params", params), ("tags", tags)):
        distinct = func.count(table.c.value.distinct())
        query = (
            select(table.c.key)
            .where(table.c.run_uuid.in_(run_ids), ~table.c.key.startswith(_OWN_TAGS, autoescape=True))
            .group_by(table.c.key)
            .having(and_(distinct.between(2, MOST_GROUPS), func.count() > distinct))
            .order_by(table.c.key)
        )
        found += [Grouping(source, key) for key in conn.execute(query).scalars()]  # type: ignore[arg-type]
    return tuple(found)


def find_strands(
    conn: Connection, named: Sequence[NamedRun], key: str, across: Across, grouping: Grouping | None
) -> tuple[tuple[Strand, ...], bool]:
    """Find each run's history of one metric, and whether it had to be thinned; runs without it are left out."""
    names = _name_apart(named)
    extents = _find_extents(conn, list(names), key, across)
    total = sum(extent.count for extent in extents.values())
    is_thinned = total > MOST_POINTS
    rows = _read_bands(conn, extents, key, across) if is_thinned else _read_values(conn, list(extents), key, across)
    lasts, groups = _find_lasts(conn, list(extents), key), _find_groups(conn, list(extents), grouping)
    strands = {
        run_id: _to_strand(run_id, names[run_id], groups.get(run_id, ""), lasts.get(run_id), found, begin)
        for run_id, found in groupby(rows, key=lambda row: row[0])
        for begin in (extents[run_id].begin if across == "since" else 0,)
    }
    return tuple(strands[run_id] for run_id in names if run_id in strands), is_thinned


def count_values(conn: Connection, run_ids: Sequence[str], key: str) -> int:
    """Count all values that the runs have of a metric."""
    query = select(func.count()).select_from(metrics).where(metrics.c.run_uuid.in_(run_ids), is_metric(key))
    return conn.execute(query).scalar_one()


def find_best_step(conn: Connection, run_id: str, key: str, value: float) -> int | None:
    """Find the first step at which a run has a value."""
    query = select(func.min(metrics.c.step)).where(
        metrics.c.run_uuid == run_id, is_metric(key), metrics.c.value == value
    )
    return conn.execute(query).scalar()


def _name_apart(named: Sequence[NamedRun]) -> dict[str, str]:
    """Names by run id; those of one name have the beginning of their ids too."""
    shared = Counter(item.name for item in named)
    return {item.run_id: item.name if item.name and shared[item.name] == 1 else _add_id(item) for item in named}


def _add_id(run: NamedRun) -> str:
    return f"{run.name or ''} {run.run_id[:8]}".strip()


def _find_extents(conn: Connection, run_ids: list[str], key: str, across: Across) -> dict[str, _Extent]:
    at = _at(across)
    query = (
        select(metrics.c.run_uuid, func.count(), func.min(at), func.max(at))
        .where(metrics.c.run_uuid.in_(run_ids), is_metric(key))
        .group_by(metrics.c.run_uuid)
    )
    return {run_id: _Extent(*extent) for run_id, *extent in conn.execute(query)}


def _read_values(conn: Connection, run_ids: list[str], key: str, across: Across) -> Iterable[Any]:
    """Every value as a band of its own."""
    at = _at(across)
    value, is_nan, is_infinite = _finite(), _is_nan(), _is_infinite()
    query = (
        select(metrics.c.run_uuid, at, at, 1, value, value, value, is_nan, is_infinite)
        .where(metrics.c.run_uuid.in_(run_ids), is_metric(key))
        .order_by(metrics.c.run_uuid, at, metrics.c.step, metrics.c.timestamp, metrics.c.value)
    )
    return conn.execute(query)


def _read_bands(conn: Connection, extents: Mapping[str, _Extent], key: str, across: Across) -> Iterator[Any]:
    """Bands, so many a run that all together keep to the number of points; runs of like length in one statement.

    How wide the bands are could be joined to the values instead, but SQLite would index the whole table to do so.
    """
    at, value = _at(across), _finite()
    for width, run_ids in _plan(extents).items():
        number = cast(cast(at, Float) / width, BigInteger).label("number")
        query = (
            select(
                metrics.c.run_uuid, func.min(at), func.max(at), func.count(), func.min(value), func.max(value),
                func.avg(value), func.sum(_is_nan()), func.sum(_is_infinite()), number,
            )
            .where(metrics.c.run_uuid.in_(run_ids), is_metric(key))
            .group_by(metrics.c.run_uuid, number)
            .order_by(metrics.c.run_uuid, number)
        )  # fmt: skip
        yield from conn.execute(query)


def _plan(extents: Mapping[str, _Extent]) -> dict[float, list[str]]:
    """How wide the bands of each run are, in powers of two: there are few such widths."""
    bands = max(_FEWEST_BANDS, MOST_POINTS // (2 * len(extents)))
    plan: dict[float, list[str]] = {}
    for run_id, extent in extents.items():
        width = 2.0 ** ceil(log2(max(1.0, (extent.end - extent.begin) / bands)))
        plan.setdefault(width, []).append(run_id)
    return plan


def _find_lasts(conn: Connection, run_ids: list[str], key: str) -> dict[str, float]:
    found = latest_metrics.c
    query = select(found.run_uuid, found.value).where(
        found.run_uuid.in_(run_ids), found.key == key, ~found.is_nan, func.abs(found.value) < LARGEST_FLOAT
    )
    return {run_id: value for run_id, value in conn.execute(query)}  # noqa: C416 - a row is no pair to a type checker


def _find_groups(conn: Connection, run_ids: list[str], grouping: Grouping | None) -> dict[str, str]:
    if grouping is None:
        return {}
    table = params if grouping.source == "params" else tags
    query = select(table.c.run_uuid, table.c.value).where(table.c.run_uuid.in_(run_ids), table.c.key == grouping.key)
    return {run_id: value or "" for run_id, value in conn.execute(query)}


def _to_strand(run_id: str, name: str, group: str, last: float | None, rows: Iterable[Any], begin: int) -> Strand:
    bands, nans, infinities = [], 0, 0
    for _run_id, first, end, count, low, high, mean, is_nan, is_infinite, *_number in rows:
        bands.append(Band(first - begin, end - begin, count, low, high, mean))
        nans, infinities = nans + int(is_nan), infinities + int(is_infinite)
    return Strand(run_id, name, group, tuple(bands), nans, infinities, last)


def _at(across: Across) -> ColumnElement[int]:
    return metrics.c.step if across == "step" else metrics.c.timestamp


def _finite() -> ColumnElement[Any]:
    is_finite = and_(~metrics.c.is_nan, func.abs(metrics.c.value) < LARGEST_FLOAT)
    return case((is_finite, metrics.c.value))


def _is_nan() -> ColumnElement[int]:
    return case((metrics.c.is_nan, 1), else_=0)


def _is_infinite() -> ColumnElement[int]:
    return case((or_(metrics.c.is_nan, func.abs(metrics.c.value) < LARGEST_FLOAT), 0), else_=1)
