"""Rows that are to be there: inserted where they are missing, updated where they differ, never deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, TableClause, and_, insert, select, update

Row = Mapping[str, Any]


def ensure_rows(
    conn: Connection, into: TableClause, owner: Row, key: str, values: Mapping[str, Row], *, may_update: bool = True
) -> None:
    """Make the rows of `owner` (the columns that name it) have `values`, each by its value of the column `key`."""
    if not values:
        return
    mine = and_(*(into.c[name] == held for name, held in owner.items()))
    found = {row[key]: dict(row) for row in conn.execute(select(into).where(mine)).mappings()}
    missing = [{**owner, key: name, **row} for name, row in values.items() if name not in found]
    if missing:
        conn.execute(insert(into), missing)
    for name, row in values.items() if may_update else ():
        if name in found and any(found[name][column] != held for column, held in row.items()):
            conn.execute(update(into).where(mine, into.c[key] == name).values(**row))


def ensure_row(conn: Connection, into: TableClause, key: Row, values: Row) -> bool:
    """Make one row have `values`; return whether it is new."""
    mine = match(into, key)
    found = conn.execute(select(into).where(*mine)).mappings().one_or_none()
    if found is None:
        conn.execute(insert(into).values(**key, **values))
    elif any(found[column] != held for column, held in values.items()):
        conn.execute(update(into).where(*mine).values(**values))
    return found is None


def match(table: TableClause, key: Row) -> Sequence[ColumnElement[bool]]:
    """The condition that picks the rows with these values."""
    return [table.c[name] == held for name, held in key.items()]
