"""Conditions that only say which rows are wanted, and not how to find them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import ColumnElement, Connection
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op


def hide(conn: Connection, conditions: Iterable[ColumnElement[bool]]) -> Iterator[ColumnElement[bool]]:
    """Keep SQLite's planner from choosing an index for some conditions: under a unary plus it sees none.

    Its statistics say how many rows a value has on average, and the choice is made where the real number is known.
    PostgreSQL's planner weighs it itself, and must see what it weighs.
    """
    if conn.dialect.name != "sqlite":
        yield from conditions
        return
    for condition in conditions:
        yield UnaryExpression(condition.self_group(), operator=custom_op("+"), type_=condition.type)
