"""What the charts of an experiment stand on: the numbers that its runs have for one metric or two."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Select, and_, select

from ml.charts.experiments.best import Best
from ml.charts.experiments.climb import find_records, thin
from ml.charts.experiments.dominance import find_front, thin_cloud
from ml.charts.experiments.pareto import Front
from ml.charts.experiments.values import ALONE, Axis, Company, Counts, Pair, Point, Who, is_in_calendar
from webapp.experiments.counts import count_pairs, count_scored
from webapp.experiments.days import Span
from webapp.experiments.ends import Glance, Scored, climb, find_few_on_front
from webapp.store.columns import RunColumn
from webapp.store.mlflow_tables import LARGEST_FLOAT
from webapp.store.paging import find_key
from webapp.store.tables import key, run, value
from webapp.store.values import Kind

_AT_ONCE = 500
_COMPANY = {"low": "{}_low", "high": "{}_high", "prior": "prior_{}", "single": "single_column_{}"}
"""What a run that Proctor trained calls the company of a metric; whoever logs the same names has the same company."""


def find_best(
    conn: Connection, experiment_id: int, axis: Axis, span: Span, glance: Glance | None = None
) -> Best | None:
    """Find the best so far; None where no run has a finite number. A glance is for where there are too many to read."""
    metric = _find_scored(conn, axis)
    records = climb(conn, experiment_id, metric, span.runs, glance.first) if metric and glance else None
    if metric and glance and records:
        counts = count_scored(conn, experiment_id, metric, span)
        points = [row for row in _read_sample(conn, [axis.metric], glance.sample) if is_in_calendar(row[0])]
    else:
        logged = _read_numbers(conn, experiment_id, [axis.metric])
        finite = [row for row in logged if _is_finite(row[2])]
        points = sorted(row for row in finite if is_in_calendar(row[0]))
        counts = Counts(span.runs, span.runs - len(logged), len(logged) - len(finite), len(finite) - len(points))
        records = find_records(points, axis)
    if not records:
        return None
    shown = thin(records)
    best = Best(
        axis=axis,
        counts=counts,
        records=tuple(map(Point._make, shown)),
        records_in_all=len(records),
        drawn=tuple(map(Point._make, sorted({*thin(points), *shown}))),
        end=span.last_start or shown[-1][0],
        who={},
    )
    return replace(best, who=find_who(conn, [point.run for point in (*best.written, *best.records)], [axis.metric]))


def find_pareto(
    conn: Connection, experiment_id: int, axes: tuple[Axis, Axis], span: Span, glance: Glance | None = None
) -> Front | None:
    """Find the front of two metrics; None where no run has both as finite numbers. A glance as in `find_best`."""
    x, y = axes
    scored = [metric for axis in axes if (metric := _find_scored(conn, axis))]
    if len(scored) < len(axes):
        return None
    names = [axis.metric for axis in axes]
    front = glance and find_few_on_front(conn, experiment_id, scored[0], scored[1], span.runs, glance.first)
    is_sample = bool(front)
    if front and glance:
        counts = count_pairs(conn, experiment_id, scored, span)
        others = [row[1:] for row in _read_sample(conn, names, glance.sample)]
    else:
        logged = _read_numbers(conn, experiment_id, names)
        pairs = [row[1:] for row in logged if _is_finite(row[2]) and _is_finite(row[3])]
        counts = Counts(span.runs, span.runs - len(logged), len(logged) - len(pairs))
        front, others = find_front(pairs, x, y), thin_cloud(pairs)
    if not front:
        return None
    members, on_front = thin(front), set(front)
    return Front(
        x=x,
        y=y,
        counts=counts,
        members=tuple(map(Pair._make, members)),
        members_in_all=len(front),
        others=tuple(Pair._make(pair) for pair in others if pair not in on_front),
        who=find_who(conn, [pair[0] for pair in members], names),
        is_sample=is_sample,
    )


def name_drawn(conn: Connection, best: Best) -> Best:
    """Name every run that is drawn, with the company of its score."""
    return replace(best, who=find_who(conn, [point.run for point in best.drawn], [best.axis.metric]))


def name_pairs(conn: Connection, front: Front) -> Front:
    """Name every run that is drawn, with the company of its scores."""
    numbers = [pair.run for pair in (*front.members, *front.others)]
    return replace(front, who=find_who(conn, numbers, [front.x.metric, front.y.metric]))


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


def _find_scored(conn: Connection, axis: Axis) -> Scored | None:
    key_id = find_key(conn, RunColumn(Kind.METRIC, axis.metric))
    return None if key_id is None else Scored(axis, key_id)


def _read_sample(conn: Connection, metrics: Sequence[str], sample: Sequence[int]) -> list[Any]:
    """Read those of some runs that have finite numbers for all of the metrics, as `_read_numbers` does."""
    rows = _read(conn, select_numbers(conn, metrics), run.c.number, sample)
    return [tuple(row) for row in rows if all(map(_is_finite, row[2:]))]


def _read_numbers(conn: Connection, experiment_id: int, metrics: Sequence[str]) -> list[Any]:
    """Read what the runs that logged all of these metrics have for them, after their start and their number.

    They come as the database's driver has them, as plain tuples: there may be a hundred thousand. NULL is NaN.
    """
    with conn.execute(select_numbers(conn, metrics).where(run.c.experiment_id == experiment_id)) as found:
        return list(found.cursor.fetchall())


def select_numbers(conn: Connection, metrics: Sequence[str]) -> Select[Any]:
    """Select runs that logged all of these metrics, their start and their number before what they have for them."""
    query = select(run.c.started_at, run.c.number)
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
