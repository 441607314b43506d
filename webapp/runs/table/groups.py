"""Runs in groups by a param, a tag or an attribute: how many, and the mean and spread of some metrics in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, and_, func, select

from ml.spread import deviation, mean
from webapp.store.columns import RunColumn
from webapp.store.mlflow_tables import LARGEST_FLOAT
from webapp.store.paging import find_key
from webapp.store.tables import run, value

MOST_GROUPS = 200
_FEW = 1_000
"""The metrics of so many runs are looked up run by run."""
_AT_ONCE = 10_000

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
    rows = conn.execute(select(run.c.number, own).select_from(runs).where(*where)).all()
    sizes: Counter[GroupValue] = Counter(group for _number, group in rows)
    largest = sorted(sizes, key=lambda group: (-sizes[group], group is None, str(group)))[:most]
    order = {group: place for place, group in enumerate(largest)}
    places = {number: order[group] for number, group in rows if group in order}
    spreads = [_find_spreads(conn, places, len(largest), metric) for metric in metrics]
    found = (Group(group, sizes[group], tuple(each[place] for each in spreads)) for place, group in enumerate(largest))
    return Groups(tuple(found), len(sizes))


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


def _find_spreads(conn: Connection, places: Mapping[int, int], groups: int, metric: RunColumn) -> list[Spread]:
    """Read a metric along its index, from least to greatest, and gather it by group: `places` has each run's.

    Not summed by the database: a run that diverged to 1e300 overflows its sums, and one of 1e17 leaves no digit to the
    spread of the others. Nor joined there: that took SQLite three times as long for 100,000 runs.
    """
    number = value.c.number
    are_its = [value.c.key_id == find_key(conn, metric), number < LARGEST_FLOAT, number > -LARGEST_FLOAT]
    if len(places) <= _FEW:
        are_its.append(value.c.run_number.in_(list(places)))
    found: list[list[float]] = [[] for _ in range(groups + 1)]  # the last for runs that are in none
    cursor = conn.execute(select(value.c.run_number, number).where(*are_its).order_by(number)).cursor
    while rows := cursor.fetchmany(_AT_ONCE):  # the driver's own: two plain numbers need nothing around them
        for run_number, measured in rows:
            found[places.get(run_number, groups)].append(measured)
    return [
        Spread(len(each), mean(each), deviation(each), each[0], each[-1]) if each else Spread(0) for each in found[:-1]
    ]
