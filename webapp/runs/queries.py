"""Reads of the run history: a page of it by keyset, and one run whole.

A page is found by walking one index of `proctor_run` from where the last page ended; runs without the sorted value
come last in either direction.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, or_, select

from ml.examination.reproduction import REPRODUCED_BY
from webapp.runs.language.rarest import find_matching
from webapp.runs.language.sql import asks_projection, find_condition
from webapp.runs.language.tree import Both, Comparison, Expression, Key, Kind, Operator, Type
from webapp.runs.language.where import Where
from webapp.store.answers import find_answer
from webapp.store.columns import RunColumn, read_column
from webapp.store.mlflow_tables import LARGEST_FLOAT, experiments, latest_metrics, model_versions, params, runs, tags
from webapp.store.paging import Matches, count_runs, find_bookmark, read_run_page
from webapp.store.tables import run as run_table

EVERYTHING = Where()


@dataclass(frozen=True)
class Filters:
    """Which runs to show; an empty value leaves all in."""

    text: str = ""
    family: str = ""
    state: str = ""
    where: Where = EVERYTHING

    @property
    def are_any(self) -> bool:
        """Whether anything is left out."""
        return bool(self.text or self.family or self.state or self.where.text)

    @property
    def question(self) -> Filters | None:
        """What is asked of the projection alone, whoever wrote it how; None where other tables are asked, too."""
        expression = self.where.expression
        is_projected = expression is None or asks_projection(expression)
        return replace(self, where=Where(expression=expression)) if is_projected else None

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield those that leave something out as an address has them."""
        filters = {"filter": self.where.text, "q": self.text, "family": self.family, "state": self.state.lower()}
        for name, value in filters.items():
            if value:
                yield name, value


@dataclass(frozen=True)
class Order:
    """How to sort, and the run after which to go on."""

    by: str = "started_at"
    descending: bool = True
    after: str | None = None


@dataclass(frozen=True)
class RunRow:
    """A run as the history shows it. Times are UTC epoch milliseconds, `duration` milliseconds."""

    number: int
    run_id: str
    experiment_id: int | None
    name: str | None
    status: str | None
    started_at: int | None
    finished_at: int | None
    duration: int | None
    user_name: str | None
    family: str | None
    dataset_name: str | None
    dataset_sha256: str | None
    is_stand_in: bool | None
    accuracy: float | None
    accuracy_low: float | None
    accuracy_high: float | None
    prior_accuracy: float | None
    single_column_accuracy: float | None
    macro_f1: float | None
    qwk: float | None
    log_loss: float | None


@dataclass(frozen=True)
class RunPage:
    """A page of runs; `next` is the run after which the next page begins, None on the last page."""

    rows: tuple[RunRow, ...]
    total: int
    matching: int
    next: str | None


@dataclass(frozen=True)
class ReproductionRow:
    """A finished run that made another again; `verdict` is `identical` or `differs`."""

    run_id: str
    name: str | None
    started_at: int | None
    verdict: str


@dataclass(frozen=True)
class RunDetail:
    """All that MLflow's tables hold of one run; a metric may be NaN or infinite."""

    row: RunRow
    artifact_uri: str | None
    params: tuple[tuple[str, str], ...]
    tags: tuple[tuple[str, str], ...]
    metrics: tuple[tuple[str, float], ...]
    versions: tuple[tuple[str, int], ...]
    reproductions: tuple[ReproductionRow, ...] = ()
    """Newest first."""
    experiment: str = ""
    """The experiment's name; empty where it is gone."""


def find_runs(conn: Connection, filters: Filters, order: Order, limit: int = 25) -> RunPage:
    """Find a page of runs.

    Raises
    ------
    ValueError
        If the table cannot be sorted by `order.by`.
    """
    column = read_column(order.by)
    total = count_runs(conn)
    matches = _match(conn, filters, column, total) if filters.are_any else None
    rows = read_run_page(
        conn,
        column,
        is_descending=order.descending,
        size=limit + 1,
        after=find_bookmark(conn, column, order.after) if order.after else None,  # one that is gone: from the start
        matches=matches,
    )
    return RunPage(
        rows=tuple(_to_row(row) for row in rows[:limit]),
        total=total,
        matching=matches.count if matches else total,
        next=rows[limit - 1].run_id if len(rows) > limit else None,
    )


def list_families(conn: Connection) -> tuple[str, ...]:
    """Name every family of which there is a run, hopping along the index from one to the next."""
    hop = select(func.min(run_table.c.family).label("family")).cte("hop", recursive=True)
    following = select(func.min(run_table.c.family)).where(run_table.c.family > hop.c.family).scalar_subquery()
    hop = hop.union_all(select(following).where(hop.c.family.is_not(None)))
    return tuple(conn.execute(select(hop.c.family).where(hop.c.family.is_not(None))).scalars())


def find_run(conn: Connection, run_id: str) -> RunDetail | None:
    """Find one run with its params, tags and metrics."""
    row = conn.execute(select(run_table).where(run_table.c.run_id == run_id)).one_or_none()
    if row is None:
        return None
    marks = _pairs(conn, select(tags.c.key, tags.c.value).where(tags.c.run_uuid == run_id))
    return RunDetail(
        row=_to_row(row),
        artifact_uri=conn.execute(select(runs.c.artifact_uri).where(runs.c.run_uuid == run_id)).scalar(),
        params=_pairs(conn, select(params.c.key, params.c.value).where(params.c.run_uuid == run_id)),
        tags=marks,
        metrics=find_metrics(conn, [run_id])[run_id],
        versions=tuple(
            (version.name, version.version)
            for version in conn.execute(
                select(model_versions.c.name, model_versions.c.version)
                .where(model_versions.c.run_id == run_id)
                .order_by(model_versions.c.version)
            )
        ),
        reproductions=_find_reproductions(conn, marks),
        experiment=conn.execute(
            select(experiments.c.name).where(experiments.c.experiment_id == row.experiment_id)
        ).scalar()
        or "",
    )


def find_metrics(conn: Connection, run_ids: Sequence[str]) -> dict[str, tuple[tuple[str, float], ...]]:
    """Find the last value of every metric of some runs, by name; it may be NaN or infinite."""
    found: dict[str, list[tuple[str, float]]] = {run_id: [] for run_id in run_ids}
    query = (
        select(latest_metrics.c.run_uuid, latest_metrics.c.key, latest_metrics.c.value, latest_metrics.c.is_nan)
        .where(latest_metrics.c.run_uuid.in_(run_ids))
        .order_by(latest_metrics.c.key)
    )
    for row in conn.execute(query):
        found[row.run_uuid].append((row.key, read_value(row.value, is_nan=row.is_nan)))
    return {run_id: tuple(metrics) for run_id, metrics in found.items()}


def read_value(stored: float, *, is_nan: bool) -> float:
    """The value that was logged, from the way in which MLflow writes what SQL cannot hold."""
    if is_nan:
        return math.nan
    return stored if abs(stored) < LARGEST_FLOAT else math.copysign(math.inf, stored)


def _find_reproductions(conn: Connection, marks: tuple[tuple[str, str], ...]) -> tuple[ReproductionRow, ...]:
    """Find the runs that a run's own tags name; one that was deleted, or did not get to its end, is left out."""
    verdicts = {key.removeprefix(REPRODUCED_BY): value for key, value in marks if key.startswith(REPRODUCED_BY)}
    if not verdicts:
        return ()
    query = (
        select(run_table.c.run_id, run_table.c.name, run_table.c.started_at)
        .where(run_table.c.run_id.in_(verdicts), run_table.c.status == "FINISHED")
        .order_by(run_table.c.started_at.desc(), run_table.c.run_id)
    )
    return tuple(
        ReproductionRow(row.run_id, row.name, row.started_at, verdicts[row.run_id]) for row in conn.execute(query)
    )


def make_conditions(conn: Connection, filters: Filters) -> tuple[ColumnElement[bool], ...]:
    """Return what a run has to fulfil to be found."""
    expression = _join(filters)
    found = (find_condition(conn, expression),) if expression.parts else ()
    return (*found, *_look_for_text(filters))


def _match(conn: Connection, filters: Filters, column: RunColumn, total: int) -> Matches:
    """Count the runs that are found, and say how to find them."""
    found = find_matching(conn, _join(filters), _look_for_text(filters))
    count = find_answer(conn, filters.question, found.count)
    return Matches(count, total, found.select_numbers, found.ask, found.bound(column))


def _join(filters: Filters) -> Both:
    """Say all but the text as one filter."""
    chosen = {"family": filters.family, "status": filters.state}
    parts: list[Expression] = [
        Comparison(Key(Kind.ATTRIBUTE, name, Type.TEXT), Operator.EQUAL, text) for name, text in chosen.items() if text
    ]
    return Both((*parts, *((filters.where.expression,) if filters.where.expression else ())))


def _look_for_text(filters: Filters) -> tuple[ColumnElement[bool], ...]:
    if not filters.text:
        return ()
    is_in_name = run_table.c.name.icontains(filters.text, autoescape=True)
    return (or_(is_in_name, run_table.c.run_id.startswith(filters.text.lower(), autoescape=True)),)


def _pairs(conn: Connection, query: Select[Any]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((key, value or "") for key, value in conn.execute(query)))


def _to_row(row: Row[*tuple[Any, ...]]) -> RunRow:
    return RunRow(**row._asdict())
