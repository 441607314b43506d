"""What the charts of an experiment stand on: the numbers that its runs have for one metric or two."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Select, and_, select

from ml.charts.experiments.best import Best
from ml.charts.experiments.climb import find_records, thin
from ml.charts.experiments.dominance import find_front, thin_cloud
from ml.charts.experiments.pareto import Front
from ml.charts.experiments.values import ALONE, Axis, Company, Counts, Pair, Point, Who, is_in_calendar
from webapp.store.columns import RunColumn
from webapp.store.mlflow_tables import LARGEST_FLOAT
from webapp.store.paging import find_key
from webapp.store.tables import key, run, value
from webapp.store.values import Kind

_AT_ONCE = 500
_COMPANY = {"low": "{}_low", "high": "{}_high", "prior": "prior_{}", "single": "single_column_{}"}
"""What a run that Proctor trained calls the company of a metric; whoever logs the same names has the same company."""


def find_best(conn: Connection, experiment_id: int, axis: Axis, runs: int) -> Best | None:
    """Find the best so far; None where no run has a finite number. `runs` is how many the experiment has."""
    logged = _read_numbers(conn, experiment_id, [axis.metric])
    finite = [row for row in logged if _is_finite(row[2])]
    points = [row for row in finite if is_in_calendar(row[0])]
    if not points:
        return None
    points.sort()
    records = find_records(points, axis)
    shown = thin(records)
    drawn = sorted({*thin(points), *shown})
    return Best(
        axis=axis,
        counts=Counts(runs, runs - len(logged), len(logged) - len(finite), len(finite) - len(points)),
        records=tuple(map(Point._make, shown)),
        records_in_all=len(records),
        drawn=tuple(map(Point._make, drawn)),
        end=points[-1][0],
        who=find_who(conn, [number for _started_at, number, _value in drawn], [axis.metric]),
    )


def find_pareto(conn: Connection, experiment_id: int, axes: tuple[Axis, Axis], runs: int) -> Front | None:
    """Find the front of two metrics; None where no run has both as finite numbers."""
    x, y = axes
    logged = _read_numbers(conn, experiment_id, [x.metric, y.metric])
    pairs = [row[1:] for row in logged if _is_finite(row[2]) and _is_finite(row[3])]
    if not pairs:
        return None
    front = find_front(pairs, x, y)
    members = thin(front)
    on_front = set(front)
    others = [pair for pair in thin_cloud(pairs) if pair not in on_front]
    return Front(
        x=x,
        y=y,
        counts=Counts(runs, runs - len(logged), len(logged) - len(pairs)),
        members=tuple(map(Pair._make, members)),
        members_in_all=len(front),
        others=tuple(map(Pair._make, others)),
        who=find_who(conn, [pair[0] for pair in (*members, *others)], [x.metric, y.metric]),
    )


def find_who(conn: Connection, numbers: Sequence[int], metrics: Sequence[str]) -> dict[int, Who]:
    """Name some runs, and find the company of their scores."""
    parts = {template.format(metric): (metric, part) for metric in metrics for part, template in _COMPANY.items()}
    query = select(key.c.id, key.c.name).where(key.c.kind == str(Kind.METRIC), key.c.name.in_(parts))
    keys = {row.id: parts[row.name] for row in conn.execute(query)}
    company: dict[int, dict[str, dict[str, float]]] = {}
    for row in _read(conn, select(value.c.run_number, value.c.key_id, value.c.number), value.c.run_number, numbers,
                     value.c.key_id.in_(keys)):  # fmt: skip
        metric, part = keys[row.key_id]
        if _is_finite(row.number):
            company.setdefault(row.run_number, {}).setdefault(metric, {})[part] = row.number
    return {
        row.number: Who(
            row.run_id,
            row.name or row.run_id[:8],
            {metric: Company(**found) if found else ALONE for metric, found in company.get(row.number, {}).items()},
        )
        for row in _read(conn, select(run.c.number, run.c.run_id, run.c.name), run.c.number, numbers)
    }


def _read(conn: Connection, query: Select[Any], column: Any, numbers: Sequence[int], *where: Any) -> Iterable[Any]:
    for begin in range(0, len(numbers), _AT_ONCE):
        yield from conn.execute(query.where(column.in_(numbers[begin : begin + _AT_ONCE]), *where))


def _read_numbers(conn: Connection, experiment_id: int, metrics: Sequence[str]) -> list[Any]:
    """Read what the runs that logged all of these metrics have for them, after their start and their number.

    They come as the database's driver has them, as plain tuples: there may be a hundred thousand. NULL is NaN.
    """
    with conn.execute(select_numbers(conn, experiment_id, metrics)) as found:
        return list(found.cursor.fetchall())


def select_numbers(conn: Connection, experiment_id: int, metrics: Sequence[str]) -> Select[Any]:
    """Select them by a walk along the index of the experiment's runs, and from each to its values by their key."""
    query = select(run.c.started_at, run.c.number).where(run.c.experiment_id == experiment_id)
    for place, metric in enumerate(metrics):
        held = value.alias(f"held_{place}")
        is_its = and_(
            held.c.run_number == run.c.number, held.c.key_id == find_key(conn, RunColumn(Kind.METRIC, metric))
        )
        query = query.join(held, is_its).add_columns(held.c.number)
    return query


def _is_finite(number: float | None) -> bool:
    """Whether it is no NaN, which is NULL, and no infinity, which is the largest float."""
    return number is not None and -LARGEST_FLOAT < number < LARGEST_FLOAT
