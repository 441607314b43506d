"""The values of every run, by key: MLflow's metrics, params and tags → `proctor_value`, by SQL alone.

A param or a tag whose text is a number counts as one, so that a learning rate sorts and is compared as such. A number
is what JSON calls one, of at most `LONGEST_NUMBER` characters and two digits of exponent: what SQLite and PostgreSQL
can both tell, and no such text is too large for a float.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Float,
    Numeric,
    Select,
    Table,
    TableClause,
    and_,
    case,
    cast,
    delete,
    false,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite

from webapp.store.mlflow_tables import latest_metrics, params, tags
from webapp.store.planning import hide_value
from webapp.store.tables import key, run, value


class Kind(StrEnum):
    """What a key is the name of."""

    METRIC = "metric"
    PARAM = "param"
    TAG = "tag"


SOURCES: dict[Kind, TableClause] = {Kind.METRIC: latest_metrics, Kind.PARAM: params, Kind.TAG: tags}
LONGEST_TEXT = 250
"""Characters of a param or tag that are kept here; the whole stands in MLflow's tables."""
LONGEST_NUMBER = 40
_NUMBER = r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?"
_COLUMNS = ("run_number", "key_id", "number", "text")


def read_number(text: str) -> float | None:
    """Return the number that a param or tag counts as; None where it is a text."""
    return float(text) if len(text) <= LONGEST_NUMBER and re.fullmatch(_NUMBER, text) else None


def delete_values(conn: Connection, noted: Select[Any]) -> None:
    """Delete all that the noted runs have."""
    numbers = select(run.c.number).where(run.c.run_id.in_(noted))
    conn.execute(delete(value).where(value.c.run_number.in_(numbers)))


def insert_values(conn: Connection, noted: Select[Any]) -> None:
    """Write what the noted runs have, for which there is nothing yet."""
    for kind, source in SOURCES.items():
        _insert_keys(conn, kind, source, noted)
        rows = _select_contents(conn, kind, run).where(run.c.run_id.in_(noted))
        conn.execute(value.insert().from_select(_COLUMNS, rows))


def write_values(conn: Connection, runs: Table, values: Table) -> None:
    """Write what all runs of a table have into an empty one."""
    for kind, source in SOURCES.items():
        _insert_keys(conn, kind, source, None)
        conn.execute(values.insert().from_select(_COLUMNS, _select_contents(conn, kind, runs)))
        lost = and_(key.c.kind == literal(kind.value), ~select(source).where(source.c.key == key.c.name).exists())
        conn.execute(delete(key).where(lost))


def _select_contents(conn: Connection, kind: Kind, runs: Table) -> Select[Any]:
    """Select the rows of `proctor_value` of one kind.

    What is hidden leaves SQLite one way: run after run, as MLflow's rows lie and ours have to. Key after key, which its
    planner likes better, takes twice as long.
    """
    source = SOURCES[kind]
    return (
        select(runs.c.number, key.c.id, *_contents(kind, source, conn.dialect.name))
        .select_from(runs)
        .join(source, source.c.run_uuid == hide_value(conn, runs.c.run_id))
        .join(key, and_(key.c.kind == literal(kind.value), key.c.name == hide_value(conn, source.c.key)))
    )


def select_values(dialect: str) -> CompoundSelect[Any]:
    """Select what `proctor_value` must hold, with runs and keys by their names: run_id, kind, name, number, text."""
    return union_all(*(
        select(run.c.run_id, literal(kind.value).label("kind"), source.c.key.label("name"),
               *_contents(kind, source, dialect)).join(source, source.c.run_uuid == run.c.run_id).select_from(run)
        for kind, source in SOURCES.items()
    ))  # fmt: skip


def select_kept_values() -> Select[Any]:
    """Select what `proctor_value` holds, as `select_values` does."""
    kept = value.join(key, key.c.id == value.c.key_id).join(run, run.c.number == value.c.run_number)
    return select(run.c.run_id, key.c.kind, key.c.name, value.c.number, value.c.text).select_from(kept)


def upsert(conn: Connection, table: Table) -> Any:
    """Begin an INSERT that can say ON CONFLICT, which the two databases spell alike and SQLAlchemy apart."""
    return postgresql.insert(table) if conn.dialect.name == "postgresql" else sqlite.insert(table)


def _insert_keys(conn: Connection, kind: Kind, source: TableClause, noted: Select[Any] | None) -> None:
    known = select(key.c.name).where(key.c.kind == literal(kind.value))
    names = select(literal(kind.value), source.c.key).distinct().where(source.c.key.not_in(known))
    names = names if noted is None else names.where(source.c.run_uuid.in_(noted))
    conn.execute(upsert(conn, key).from_select(["kind", "name"], names).on_conflict_do_nothing())


def _contents(kind: Kind, source: TableClause, dialect: str) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    if kind is Kind.METRIC:
        return case((source.c.is_nan == false(), source.c.value)), null()
    return _to_number(source.c.value, dialect), func.substr(source.c.value, 1, LONGEST_TEXT)


def _to_number(text: ColumnElement[Any], dialect: str) -> ColumnElement[Any]:
    """Return the number that a text is, NULL where it is none, as `read_number` does."""
    is_short = func.length(text) <= LONGEST_NUMBER
    if dialect == "postgresql":
        return case((and_(is_short, text.regexp_match(f"^{_NUMBER}$")), cast(cast(text, Numeric), Float(53))))
    is_plain = and_(
        text.between("-", ":"),  # which spares most texts the rest
        is_short,
        text.op("NOT GLOB", is_comparison=True)("*[ \t\n\r]*"),
        text.op("NOT GLOB", is_comparison=True)("*[eE]*[0-9][0-9][0-9]"),
        func.json_valid(text) == 1,
    )
    kind = case((is_plain, func.json_type(text)))  # which fails on what is not JSON
    return case((kind.in_(("integer", "real")), cast(text, Float)))
