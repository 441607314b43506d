"""Tables of ours written anew within one transaction, while others go on reading what they held.

SQLite's readers see the file as it was, whatever the writer does; so there the rows go and come in place, and the
indexes are built when all rows are there. On PostgreSQL whoever drops an index locks readers out until the transaction
ends, and deleted rows lie about for long; so there the new rows go into a table beside the old one, which takes its
name at the end, within a moment.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import (
    Connection,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    bindparam,
    delete,
    quoted_name,
    text,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import SetTableComment

LOCK_SECONDS = 900
"""For how long to ask for a moment in which nobody reads: an export reads for minutes."""
_MOMENT_MS = 400
"""How long one attempt holds readers up; shorter than PostgreSQL waits until it looks for a deadlock and kills one."""
_PAUSE_SECONDS = 0.2
_BESIDE = "_new"

_HAS_TO_STAY = text("""
    SELECT EXISTS (
        SELECT 1 FROM pg_depend
        WHERE refclassid = 'pg_class'::regclass AND classid = 'pg_rewrite'::regclass AND refobjid IN :tables
    ) OR EXISTS (SELECT 1 FROM pg_constraint WHERE contype = 'f' AND confrelid IN :tables)
    OR EXISTS (SELECT 1 FROM pg_class WHERE oid IN :tables AND relnamespace <> to_regnamespace(current_schema()))
""").bindparams(bindparam("tables", expanding=True))
_GRANTS = text("""
    SELECT format('GRANT %s ON %I TO %s%s', privilege_type, CAST(:beside AS text),
                  CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,
                  CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
    FROM pg_class, aclexplode(relacl) WHERE oid = to_regclass(:table) AND grantee <> relowner
""")
_OWNER = text("SELECT quote_ident(pg_get_userbyid(relowner)) FROM pg_class WHERE oid = to_regclass(:table)")


@contextmanager
def replacing(conn: Connection, *tables: Table) -> Iterator[tuple[Table, ...]]:
    """Yield empty tables without indexes, to be filled; at the end of the block they stand in the old ones' place."""
    if conn.dialect.name == "postgresql" and not _have_to_stay(conn, tables):
        yield from _replace_beside(conn, tables)
    else:
        yield from _replace_in_place(conn, tables)


def _have_to_stay(conn: Connection, tables: tuple[Table, ...]) -> bool:
    """Find out whether somebody's view or foreign key holds on to a table, or a new one would lie in another schema."""
    find = text("SELECT to_regclass(:table)::oid")
    oids = [conn.execute(find, {"table": table.name}).scalar_one() for table in tables]
    return bool(conn.execute(_HAS_TO_STAY, {"tables": oids}).scalar_one())


def _replace_in_place(conn: Connection, tables: tuple[Table, ...]) -> Iterator[tuple[Table, ...]]:
    indexes = [index for table in tables for index in _sorted_indexes(table)]
    for index in indexes:
        index.drop(conn, checkfirst=True)  # a rebuild is to mend what is wrong
    for table in tables:
        conn.execute(delete(table))
    yield tables
    for index in indexes:
        index.create(conn)


def _replace_beside(conn: Connection, tables: tuple[Table, ...]) -> Iterator[tuple[Table, ...]]:
    metadata = MetaData()
    copies = tuple(table.to_metadata(metadata, name=table.name + _BESIDE) for table in tables)
    for table, beside in zip(tables, copies, strict=True):
        conn.exec_driver_sql(f"CREATE TABLE {beside.name} (LIKE {table.name} INCLUDING ALL EXCLUDING INDEXES)")
    yield copies
    for table, beside in zip(tables, copies, strict=True):
        _complete(conn, table, beside)
    _lock_for_good(conn, tables)
    for table, beside in zip(tables, copies, strict=True):
        _take_place(conn, table, beside)


def _complete(conn: Connection, table: Table, beside: Table) -> None:
    """Give the new table all that the old one has but its name."""
    for name, kind, columns in _keys(table):
        conn.exec_driver_sql(f"ALTER TABLE {beside.name} ADD CONSTRAINT {name}{_BESIDE} {kind} ({columns})")
    for index in _sorted_indexes(beside):
        index.name = quoted_name(f"{index.name}{_BESIDE}", quote=None)
        index.create(conn)
    conn.exec_driver_sql(f"ANALYZE {beside.name}")
    conn.execute(SetTableComment(beside))
    owner = conn.execute(_OWNER, {"table": table.name}).scalar_one()
    conn.exec_driver_sql(f"ALTER TABLE {beside.name} OWNER TO {owner}")
    for grant in conn.execute(_GRANTS, {"table": table.name, "beside": beside.name}).scalars().all():
        conn.exec_driver_sql(grant)


def _lock_for_good(conn: Connection, tables: tuple[Table, ...]) -> None:
    """Wait for a moment in which nobody reads these tables, without holding up those who begin meanwhile."""
    names = ", ".join(table.name for table in tables)
    deadline = time.monotonic() + LOCK_SECONDS
    conn.exec_driver_sql(f"SET LOCAL lock_timeout = {_MOMENT_MS}")
    while True:
        try:
            with conn.begin_nested():
                conn.exec_driver_sql(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", "") != "55P03" or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            conn.exec_driver_sql("SET LOCAL lock_timeout = DEFAULT")
            return


def _take_place(conn: Connection, table: Table, beside: Table) -> None:
    number = table.autoincrement_column
    if number is not None:  # its sequence would go with the old table
        find = text("SELECT pg_get_serial_sequence(:table, :column)")
        sequence = conn.execute(find, {"table": table.name, "column": number.name}).scalar_one()
        conn.exec_driver_sql(f"ALTER SEQUENCE {sequence} OWNED BY {beside.name}.{number.name}")
    conn.exec_driver_sql(f"DROP TABLE {table.name}")
    conn.exec_driver_sql(f"ALTER TABLE {beside.name} RENAME TO {table.name}")
    names = [name for name, _kind, _columns in _keys(table)] + [str(index.name) for index in _sorted_indexes(table)]
    for name in names:
        conn.exec_driver_sql(f"ALTER INDEX {name}{_BESIDE} RENAME TO {name}")


def _keys(table: Table) -> list[tuple[str, str, str]]:
    """Name each key of a table, its kind and its columns."""
    kinds = {PrimaryKeyConstraint: "PRIMARY KEY", UniqueConstraint: "UNIQUE"}
    return [
        (str(key.name), kinds[type(key)], ", ".join(column.name for column in key.columns))
        for key in table.constraints
        if isinstance(key, PrimaryKeyConstraint | UniqueConstraint)
    ]


def _sorted_indexes(table: Table) -> list[Index]:
    return sorted(table.indexes, key=lambda index: str(index.name))
