"""When the runs of an experiment began: counted by day and state along one index, whatever else the store holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    ScalarSelect,
    Select,
    and_,
    func,
    literal_column,
    select,
)

from ml.charts.experiments.calendar import DAY_MS, DayCount
from ml.charts.experiments.values import LATEST
from webapp.store.tables import run

_ZERO, _ONE, _DAY, _LATEST = (literal_column(str(number), BigInteger) for number in (0, 1, DAY_MS, LATEST))
_COUNT = func.count()


@dataclass(frozen=True)
class Span:
    """When the runs of an experiment began: how many of each state on each day. `undated` have no day of a calendar."""

    days: tuple[DayCount, ...]
    states: Mapping[str, int]
    undated: int
    first_start: int | None
    last_start: int | None

    @property
    def runs(self) -> int:
        """All of them."""
        return sum(self.states.values())


def find_span(conn: Connection, experiment_id: int) -> Span:
    """Count the runs of an experiment by day and state."""
    days = conn.execute(_leap_through_days(experiment_id)).all()
    undated = conn.execute(_count_undated(experiment_id)).all()
    is_stateless = run.c.experiment_id == experiment_id, run.c.status.is_(None)
    if conn.execute(select(1).where(*is_stateless).limit(1)).first():  # under NULL there is nothing to leap along
        days = [*days, *conn.execute(_walk_through_days(*is_stateless))]
        undated = [*undated, *conn.execute(select(run.c.status, func.count()).where(*is_stateless, ~is_dated()))]
    states: dict[str, int] = {}
    for status, *_starts, runs in (*days, *undated):
        states[status or ""] = states.get(status or "", 0) + runs
    return Span(
        days=tuple(DayCount(first // DAY_MS, status or "", runs) for status, first, _last, runs in days),
        states={status: runs for status, runs in states.items() if runs},
        undated=sum(runs for _status, runs in undated),
        first_start=min((first for _status, first, *_rest in days), default=None),
        last_start=max((last for *_day, last, _runs in days), default=None),
    )


def is_dated() -> ColumnElement[bool]:
    """Whether a calendar has the start of a run."""
    start = run.c.started_at
    return and_(start.is_not(None), start >= _ZERO, start <= _LATEST)


def _leap_through_days(experiment_id: int) -> Select[Any]:
    """Select each day on which runs of a state began: the state, the first start and the last, and how many.

    From the first start of a day one step down the index leads to that of the next, and what lies between is counted
    there. To group all runs by their days, SQLite would sort them.
    """

    def look_up(what: Any, status: ColumnElement[Any], *where: ColumnElement[bool]) -> ScalarSelect[Any]:
        return (
            select(what).where(run.c.experiment_id == experiment_id, run.c.status == status, *where).scalar_subquery()
        )

    start, state = run.c.started_at, _list_states(experiment_id)
    first = look_up(func.min(start), state.c.status, start >= _ZERO, start <= _LATEST)
    begun = select(state.c.status, first.label("first"))
    day = begun.where(state.c.status.is_not(None)).cte("day", recursive=True)
    tomorrow = (day.c.first // _DAY + _ONE) * _DAY
    begins = look_up(func.min(start), day.c.status, start >= tomorrow, start <= _LATEST)
    day = day.union_all(select(day.c.status, begins).where(day.c.first.is_not(None)))
    tomorrow = (day.c.first // _DAY + _ONE) * _DAY
    found = (look_up(what, day.c.status, start >= day.c.first, start < tomorrow) for what in (func.max(start), _COUNT))
    return select(day.c.status, day.c.first, *found).where(day.c.first.is_not(None))


def _list_states(experiment_id: int) -> CTE:
    """Select each state once, one step down the index each, and NULL behind the last."""
    its = run.c.experiment_id == experiment_id
    state = select(func.min(run.c.status).label("status")).where(its).cte("state", recursive=True)
    following = select(func.min(run.c.status)).where(its, run.c.status > state.c.status).scalar_subquery()
    return state.union_all(select(following).where(state.c.status.is_not(None)))


def _count_undated(experiment_id: int) -> Select[Any]:
    state, start = _list_states(experiment_id), run.c.started_at
    its = run.c.experiment_id == experiment_id, run.c.status == state.c.status
    counts = [
        select(_COUNT).where(*its, is_undated).scalar_subquery()
        for is_undated in (start.is_(None), start < _ZERO, start > _LATEST)
    ]
    return select(state.c.status, counts[0] + counts[1] + counts[2]).where(state.c.status.is_not(None))


def _walk_through_days(*where: ColumnElement[bool]) -> Select[Any]:
    start = run.c.started_at
    return (
        select(run.c.status, func.min(start), func.max(start), _COUNT)
        .where(*where, is_dated())
        .group_by(start // _DAY, run.c.status)
    )
