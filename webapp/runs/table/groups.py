"""Runs in groups by a param, a tag or an attribute: how many, and the mean and spread of some metrics in each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, and_, func, select

from webapp.store.columns import RunColumn
from webapp.store.mlflow_tables import LARGEST_FLOAT
from webapp.store.paging import find_key
from webapp.store.tables import run, value

MOST_GROUPS = 200

GroupValue = str | int | None


@dataclass(frozen=True)
class Spread:
    """A metric over the runs of a group that have it as a finite number."""

    runs: int
    mean: float | None = None
    deviation: float | None = None
    """Sample standard deviation, of two runs or more."""
    least: float | None = None
    greatest: float | None = None


@dataclass(frozen=True)
class Group:
    """Runs with the same value, None where they have none."""

    value: GroupValue
    runs: int
    spreads: tuple[Spread, ...]


@dataclass(frozen=True)
class Groups:
    """The largest groups, and how many there are in all."""

    groups: tuple[Group, ...]
    total: int


def find_groups(
    conn: Connection,
    by: RunColumn,
    metrics: Sequence[RunColumn],
    where: Sequence[ColumnElement[bool]],
    *,
    most: int | None = MOST_GROUPS,
) -> Groups:
    """Find the groups, largest first; no more than `most`, if it is given.

    A run whose metric is missing, NaN or infinite counts as a run of its group and not in the metric's spread.
    """
    own, runs = _grouping(conn, by)
    sizes = {row.own: row.runs for row in conn.execute(
        select(own.label("own"), func.count().label("runs")).select_from(runs).where(*where).group_by(own)
    )}  # fmt: skip
    spreads = [_find_spreads(conn, own, runs, metric, where) for metric in metrics]
    largest = sorted(sizes, key=lambda group: (-sizes[group], group is None, str(group)))[:most]
    groups = (Group(group, sizes[group], tuple(found.get(group, Spread(0)) for found in spreads)) for group in largest)
    return Groups(tuple(groups), len(sizes))


def count_groups(conn: Connection, by: RunColumn, where: Sequence[ColumnElement[bool]]) -> int:
    """Count the groups, with the one of runs that have nothing to be grouped by."""
    own, runs = _grouping(conn, by)
    groups = select(own).select_from(runs).where(*where).distinct().subquery()
    return conn.execute(select(func.count()).select_from(groups)).scalar_one()


def _grouping(conn: Connection, by: RunColumn) -> tuple[ColumnElement[Any], FromClause]:
    """Return what the runs are grouped by, and from where."""
    if by.kind is None:
        return run.c[by.name], run
    held = value.alias("held")
    is_its = and_(held.c.run_number == run.c.number, held.c.key_id == find_key(conn, by))
    return held.c.text, run.outerjoin(held, is_its)


def _find_spreads(
    conn: Connection,
    own: ColumnElement[Any],
    runs: FromClause,
    metric: RunColumn,
    where: Sequence[ColumnElement[bool]],
) -> dict[GroupValue, Spread]:
    """Sum the squares from near the mean, so that a small spread of great numbers does not vanish in rounding."""
    scored = value.alias("scored")
    number = scored.c.number
    with_metric = runs.join(
        scored, and_(scored.c.run_number == run.c.number, scored.c.key_id == find_key(conn, metric))
    )
    are_its = (*where, number < LARGEST_FLOAT, number > -LARGEST_FLOAT)
    origin = conn.execute(select(func.avg(number)).select_from(with_metric).where(*are_its)).scalar() or 0.0
    moved = number - origin
    found = conn.execute(
        select(
            own.label("own"),
            func.count().label("runs"),
            func.avg(moved).label("mean"),
            func.sum(moved * moved).label("squares"),
            func.min(number).label("least"),
            func.max(number).label("greatest"),
        )
        .select_from(with_metric)
        .where(*are_its)
        .group_by(own)
    )
    return {
        row.own: Spread(
            row.runs, origin + row.mean, _deviation(row.runs, row.mean, row.squares), row.least, row.greatest
        )
        for row in found
    }


def _deviation(runs: int, mean: float, squares: float) -> float | None:
    """Sample standard deviation, from sums of numbers with the given mean."""
    return math.sqrt(max(squares - runs * mean * mean, 0.0) / (runs - 1)) if runs > 1 else None
