"""Backups and the check of references, on SQLite files of a few rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.util import CommandError
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from migrations.safety import copy_sqlite, find_orphans, require_no_new_orphans


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A parent with one child, and a child that lost its parent long ago."""
    path = tmp_path / "store.sqlite"
    with closing(sqlite3.connect(path)) as conn:
        conn.executescript(
            "CREATE TABLE parent (id INTEGER PRIMARY KEY);"
            "CREATE TABLE child (parent_id INTEGER REFERENCES parent (id));"
            "INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1), (99);"
        )
    return path


@pytest.fixture
def conn(file: Path) -> Iterator[Connection]:
    with create_engine(f"sqlite:///{file}", poolclass=NullPool).connect() as conn:
        yield conn


def test_orphans_that_were_there_before_do_not_stop_an_upgrade(conn: Connection) -> None:
    before = find_orphans(conn)
    assert before == {("child", "parent"): 1}
    require_no_new_orphans(conn, before)


def test_a_new_orphan_stops_the_upgrade_and_is_named(conn: Connection) -> None:
    before = find_orphans(conn)
    conn.exec_driver_sql("DELETE FROM parent")
    with pytest.raises(CommandError, match="1 of child without parent"):
        require_no_new_orphans(conn, before)


def test_a_backup_holds_what_the_write_ahead_log_holds(file: Path) -> None:
    with closing(sqlite3.connect(file)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("INSERT INTO parent VALUES (2)")
        writer.commit()
        copy = copy_sqlite(file, "abc")
    with closing(sqlite3.connect(copy)) as reader:
        assert reader.execute("SELECT count(*) FROM parent").fetchone() == (2,)


def test_a_backup_never_takes_the_place_of_another(file: Path) -> None:
    file.chmod(0o600)
    names = [copy_sqlite(file, "abc").name for _ in range(2)]
    assert names == ["store.sqlite.mlflow-abc.backup", "store.sqlite.mlflow-abc-2.backup"]
    assert {path.name for path in file.parent.iterdir()} == {file.name, *names}
    assert (file.parent / names[0]).stat().st_mode & 0o777 == 0o600
