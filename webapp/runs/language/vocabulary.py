"""The names and values that the store has, for completing a filter and for saying what was probably meant."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, FromClause, Select, func, select

from webapp.runs.language.sql import KEPT, find_attribute
from webapp.runs.language.texts import begins
from webapp.runs.language.tree import Key, Kind
from webapp.store.mlflow_tables import DATASET_CONTEXT, datasets, experiments, input_tags, params, tags
from webapp.store.tables import key as key_table

MOST = 20
LONGEST = 100
"""Characters of a value that is worth offering."""
SAMPLE = 10_000
"""How many values of a key are looked at to tell which are common."""
_TABLES: dict[Kind, FromClause] = {Kind.PARAM: params, Kind.TAG: tags}
_SHARED = frozenset({"status", "user", "family", "dataset"})
"""The attributes that many runs have in common."""


def list_keys(conn: Connection, kind: Kind, prefix: str, most: int = MOST) -> list[str]:
    """Name the metrics, params or tags that begin so, whatever their case."""
    names = select(key_table.c.name).where(key_table.c.kind == str(KEPT[kind]))
    return _read(conn, names.order_by(key_table.c.name), prefix, most)


def list_values(conn: Connection, key: Key, prefix: str, most: int = MOST) -> list[str]:
    """Name the commonest values of a key that begin so, whatever their case; none where each run has its own."""
    query = _select_values(key)
    if query is None:
        return []
    (column,) = query.selected_columns
    fitting = _begin(conn, query.where(func.length(column) <= LONGEST), prefix).limit(SAMPLE).subquery()
    (text,) = fitting.columns
    common = select(text).group_by(text).order_by(func.count().desc(), text)
    return list(conn.execute(common.limit(most)).scalars())


def _read(conn: Connection, query: Select[Any], prefix: str, most: int) -> list[str]:
    return list(conn.execute(_begin(conn, query, prefix).limit(most)).scalars())


def _begin(conn: Connection, query: Select[Any], prefix: str) -> Select[Any]:
    (column,) = query.selected_columns
    return query.where(begins(column, prefix, conn.dialect.name)) if prefix else query


def _select_values(key: Key) -> Select[Any] | None:
    if key.kind in {Kind.PARAM, Kind.TAG}:
        table = _TABLES[key.kind]
        return select(table.c.value).where(table.c.key == key.name)
    if key.kind is Kind.DATASET:
        context = select(input_tags.c.value).where(input_tags.c.name == DATASET_CONTEXT)
        return context if key.name == "context" else select(datasets.c[key.name])
    if key.name == "experiment":
        return select(experiments.c.name)
    return select(find_attribute(key.name)) if key.name in _SHARED else None
