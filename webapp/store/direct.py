"""Statements that nearly every request runs, handed to the database's driver as they are.

Building, caching and unpacking a statement takes SQLAlchemy 15 microseconds and a transaction 30; SQLite runs a look-up
in two. What is asked with each prediction and each page goes this way, and all else the usual one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import Insert
from sqlalchemy.sql.selectable import Select

Cells = tuple[Any, ...]


@dataclass(frozen=True)
class _Compiled:
    """A statement as one kind of database takes it, with what stands in it whoever asks."""

    text: str
    order: tuple[str, ...] | None
    """The names of its parameters where it takes them by place."""
    fixed: Mapping[str, Any]

    def arrange(self, values: Mapping[str, Any]) -> Cells | dict[str, Any]:
        every = {**self.fixed, **values}
        return every if self.order is None else tuple([every[name] for name in self.order])


class Direct:
    """A statement that is compiled once for each kind of database.

    It takes part in the connection's transaction, or else sees the present. Values go in and come out as the driver has
    them: text and numbers, and on SQLite 0 and 1 for a truth value.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]] | Insert) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def find(self, conn: Connection, **values: Any) -> Cells | None:
        """Return the first row that is found; raises SQLAlchemy's errors, as everything does that uses the store."""
        compiled = self._compile(conn)
        return run(conn, compiled.text, compiled.arrange(values)).fetchone()  # type: ignore[no-any-return]

    def insert(self, conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows, which have the same columns every time, within the connection's transaction."""
        compiled = self._compile(conn, tuple(rows[0]))
        run(conn, compiled.text, [compiled.arrange(row) for row in rows], is_many=True)

    def _compile(self, conn: Connection, columns: Sequence[str] | None = None) -> _Compiled:
        name = conn.dialect.name
        if name not in self._compiled:
            made: Any = self._statement.compile(dialect=conn.dialect, column_keys=columns)
            order = tuple(made.positiontup) if made.positional else None
            self._compiled[name] = _Compiled(str(made), order, made.params)
        return self._compiled[name]


def run(conn: Connection, text: str, values: Any = (), *, is_many: bool = False) -> Any:
    """Run text of ours by a connection's driver, and return its cursor.

    Raises
    ------
    sqlalchemy.exc.DBAPIError
        Of the kind that SQLAlchemy raises; what the statement was given stands in none.
    """
    errors = conn.dialect.loaded_dbapi.Error
    cursor = conn.connection.cursor()
    try:
        (cursor.executemany if is_many else cursor.execute)(text, values)
    except errors as error:
        raise DBAPIError.instance(text, None, error, errors, hide_parameters=True, dialect=conn.dialect) from error
    return cursor
