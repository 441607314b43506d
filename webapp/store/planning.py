"""Conditions in words that leave a planner no choice, where how many rows there are is known better than by statistics.

Both planners trust that what is looked for lies evenly along a sorted index, and that a value has as many rows as the
others have on average.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, any_, bindparam, func
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op

_Value = TypeVar("_Value")


def hide(conn: Connection, conditions: Iterable[ColumnElement[bool]]) -> Iterator[ColumnElement[bool]]:
    """Keep SQLite from choosing an index for some conditions: under a unary plus it sees none.

    PostgreSQL weighs the lengths of two walks by a histogram, and must see what it weighs.
    """
    for condition in conditions:
        yield hide_value(conn, condition.self_group())


def hide_value(conn: Connection, value: ColumnElement[_Value]) -> ColumnElement[_Value]:
    """Keep SQLite from looking for a value in an index, or from looking by it in another table's."""
    if conn.dialect.name != "sqlite":
        return value
    return UnaryExpression(value, operator=custom_op("+"), type_=value.type)


def begin_with(
    conn: Connection, number: ColumnElement[Any], numbers: Select[Any] | Sequence[int]
) -> ColumnElement[bool]:
    """Say that a number is one of some, which are read before anything else; given ones are written into the SQL."""
    if not isinstance(numbers, Select):
        return number.in_(bindparam("numbers", numbers, expanding=True, literal_execute=True))
    if conn.dialect.name == "sqlite":
        return number.in_(numbers)
    return number == any_(func.array(numbers.scalar_subquery()))
