"""From the table's address to what the file is to hold; what would be too much is refused before anything is sent."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import Connection, select

from webapp.formats import integer
from webapp.runs.export.sheet import Asked
from webapp.runs.queries import make_conditions
from webapp.runs.table.columns import ACCURACY, choose_columns
from webapp.runs.table.groups import count_groups
from webapp.runs.table.state import TableState
from webapp.store.columns import RunColumn
from webapp.store.tables import RUN_SORTS, key, run, value
from webapp.store.values import Kind

MOST_KEYS = 1_000
"""Metrics, params and tags in one file."""
MOST_SPREADS = 200_000
"""Groups times metrics: unlike runs, groups are held in memory."""
COMPANY = ("accuracy_low", "accuracy_high", "prior_accuracy", "single_column_accuracy")
"""What an accuracy is held against, where it was logged."""


class TooMuchError(ValueError):
    """More than one file may hold; the message is for people."""


def ask(conn: Connection, state: TableState, now: int, *, is_whole: bool) -> Asked:
    """Settle the columns: the table's, the accuracy with its company; or every key of the runs that match.

    Raises
    ------
    TooMuchError
        With what to ask instead.
    """
    columns = _list_all(conn, state) if is_whole else _add_company(conn, choose_columns(conn, state))
    if state.group:
        columns = tuple(column for column in columns if column.kind is Kind.METRIC)
        _check_groups(conn, state, state.group, len(columns))
    return Asked(state, now, columns)


def _list_all(conn: Connection, state: TableState) -> tuple[RunColumn, ...]:
    used = (
        select(value.c.key_id)
        .join(run, run.c.number == value.c.run_number)
        .where(*make_conditions(conn, state.filters))
    )
    found = conn.execute(
        select(key.c.kind, key.c.name)
        .where(key.c.id.in_(used.distinct()))
        .order_by(key.c.kind, key.c.name)
        .limit(MOST_KEYS + 1)
    ).all()
    if len(found) > MOST_KEYS:
        raise TooMuchError(
            _(
                "These runs have more than %(most)s metrics, params and tags, which is the most in one file. "
                "Filter to fewer runs, or choose columns instead of all.",
                most=integer(MOST_KEYS),
            )
        )
    attributes = (RunColumn(None, name) for name in RUN_SORTS)
    return (*attributes, *(RunColumn(Kind(row.kind), row.name) for row in found))


def _add_company(conn: Connection, columns: tuple[RunColumn, ...]) -> tuple[RunColumn, ...]:
    if ACCURACY not in columns:
        return columns
    known = conn.execute(
        select(key.c.name).where(key.c.kind == str(Kind.METRIC), key.c.name.in_(COMPANY))
    ).scalars().all()  # fmt: skip
    company = (RunColumn(Kind.METRIC, name) for name in COMPANY if name in known)
    place = columns.index(ACCURACY) + 1
    return tuple(dict.fromkeys((*columns[:place], *company, *columns[place:])))


def _check_groups(conn: Connection, state: TableState, by: RunColumn, metrics: int) -> None:
    total = count_groups(conn, by, make_conditions(conn, state.filters))
    most = MOST_SPREADS // max(metrics, 1)
    if total > most:
        raise TooMuchError(
            _(
                "There are %(total)s groups; with these metrics a file takes %(most)s. "
                "Filter to fewer runs, show fewer metrics, or group by something that more runs share.",
                total=integer(total),
                most=integer(most),
            )
        )
