"""A rebuild leaves tables that are whole and wholly the old ones', and whoever reads meanwhile sees them whole."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, inspect, select, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from tests.builders.many_runs import write_many_runs
from tests.builders.stores import write_param, write_run
from webapp.store.check import find_differences
from webapp.store.projection import rebuild_projection, rebuild_rows, refresh_projection, select_all_rows, select_rows
from webapp.store.replacing import replacing
from webapp.store.session import Store
from webapp.store.tables import key, run, value

ONE, TWO = "1" * 32, "2" * 32
COUNT = select(func.count()).select_from(run)
only_postgresql = pytest.mark.parametrize(
    "backend", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)


@pytest.fixture
def filled(store: Store) -> Store:
    """A store with runs of every sort."""
    write_many_runs(store, 60)
    return store


def describe(store: Store) -> list[str]:
    """All that a table is besides its rows."""
    indexes = (
        "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :table"
        if store.is_sqlite
        else "SELECT indexdef FROM pg_indexes WHERE tablename = :table"
    )
    found = []
    with store.read() as conn:
        for name in (run.name, value.name):
            seen = inspect(conn)
            comment = "" if store.is_sqlite else seen.get_table_comment(name)
            keys = seen.get_pk_constraint(name), seen.get_unique_constraints(name)
            found += [repr(seen.get_columns(name)), repr(keys), repr(comment)]
            found += sorted(map(str, conn.execute(text(indexes), {"table": name}).scalars()))
    return found


def test_the_tables_are_afterwards_what_they_were(filled: Store) -> None:
    before = describe(filled)
    rebuild_projection(filled)
    assert describe(filled) == before
    assert filled.is_sqlite or str({"text": run.comment}) in before


def test_runs_that_come_later_get_numbers(filled: Store) -> None:
    rebuild_projection(filled)
    with filled.write() as conn:
        write_run(conn, ONE)
    refresh_projection(filled)
    with filled.read() as conn:
        assert find_differences(conn) == ()


def test_all_at_once_is_what_one_by_one_tells(filled: Store) -> None:
    with filled.write() as conn:
        for run_id in (ONE, TWO):
            write_run(conn, run_id, name=None, user_id="grace")
        write_param(conn, ONE, "family", "x" * 300)
        at_once, one_by_one = (sorted(conn.execute(query).all()) for query in (select_all_rows(conn), select_rows()))
    assert at_once == one_by_one


def test_an_index_that_is_gone_comes_back(filled: Store) -> None:
    before = describe(filled)
    with filled.write() as conn:
        conn.execute(text("DROP INDEX ix_proctor_run_name_number"))
    rebuild_projection(filled)
    assert describe(filled) == before


def test_a_key_that_nobody_has_any_more_is_forgotten_and_the_others_keep_their_ids(filled: Store) -> None:
    keys = select(key.c.id, key.c.kind, key.c.name)
    with filled.write() as conn:
        before = conn.execute(keys).all()
        conn.execute(text("DELETE FROM params WHERE key = 'depth'"))
    rebuild_projection(filled)
    with filled.read() as conn:
        assert sorted(conn.execute(keys)) == sorted(row for row in before if row[1:] != ("param", "depth"))


class CutOffError(RuntimeError):
    """What a test raises in the middle of a rebuild."""


def test_a_rebuild_that_is_cut_off_changes_nothing(filled: Store) -> None:
    def cut_off(_conn: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "INDEX" in statement and statement.startswith("CREATE"):
            raise CutOffError

    before = describe(filled)
    with filled.write() as conn:
        write_run(conn, ONE)
    event.listen(filled.engine, "before_cursor_execute", cut_off)
    with pytest.raises(CutOffError):
        rebuild_projection(filled)
    event.remove(filled.engine, "before_cursor_execute", cut_off)
    assert describe(filled) == before
    assert refresh_projection(filled) == 1
    with filled.read() as conn:
        assert find_differences(conn) == ()


def test_readers_go_on_while_the_rows_are_written(filled: Store) -> None:
    with filled.read() as conn:
        expected = conn.execute(COUNT).scalar_one()
    with filled.write() as writing:
        if not filled.is_sqlite:
            writing.exec_driver_sql("SET LOCAL lock_timeout = 1000")
        with replacing(writing, run, value) as (new_run, _new_value), filled.read() as conn:
            if not filled.is_sqlite:
                conn.exec_driver_sql("SET LOCAL lock_timeout = 1000")
            assert conn.execute(COUNT).scalar_one() == expected
            assert writing.execute(select(func.count()).select_from(new_run)).scalar_one() == 0
            conn.rollback()
        writing.rollback()


@only_postgresql
def test_a_snapshot_sees_its_moment_though_a_rebuild_waits(filled: Store) -> None:
    with filled.snapshot() as conn:
        conn.execute(text("SELECT count(*) FROM runs"))  # now it sees this moment, and has not looked at our tables
        rebuilding = threading.Thread(target=rebuild_projection, args=(filled,))
        rebuilding.start()
        rebuilding.join(1.5)
        with filled.read() as other:
            expected = other.execute(COUNT).scalar_one()
        assert conn.execute(COUNT).scalar_one() == expected > 0
    rebuilding.join(30)
    assert not rebuilding.is_alive()
    with filled.read() as conn:
        assert conn.execute(COUNT).scalar_one() == expected


@only_postgresql
def test_a_statement_that_is_prepared_finds_the_new_table(filled: Store) -> None:
    with filled.engine.connect() as conn:
        for _time in range(8):  # psycopg prepares what it meets more than five times
            before = conn.execute(COUNT).scalar_one()
            conn.rollback()
        rebuild_projection(filled)
        with filled.write() as writing:
            write_run(writing, ONE)
        refresh_projection(filled)
        assert conn.execute(COUNT).scalar_one() == before + 1


@pytest.fixture
def stranger(filled: Store) -> Iterator[str]:
    """A role that may read the history and do nothing else."""
    with filled.write() as conn:
        conn.exec_driver_sql("CREATE ROLE proctor_stranger")
        conn.exec_driver_sql("GRANT SELECT ON proctor_run TO proctor_stranger")
    yield "proctor_stranger"
    with filled.write() as conn:
        conn.exec_driver_sql("DROP OWNED BY proctor_stranger")
        conn.exec_driver_sql("DROP ROLE proctor_stranger")


@only_postgresql
def test_whoever_may_read_a_table_still_may(filled: Store, stranger: str) -> None:
    rebuild_projection(filled)
    with filled.read() as conn:
        conn.exec_driver_sql(f"SET LOCAL ROLE {stranger}")
        assert conn.execute(COUNT).scalar_one() > 0
        with pytest.raises(ProgrammingError, match="permission denied"):
            conn.execute(select(value))


@only_postgresql
def test_a_view_of_somebody_elses_outlives_a_rebuild(filled: Store) -> None:
    with filled.write() as conn:
        conn.exec_driver_sql("CREATE VIEW theirs AS SELECT run_id FROM proctor_run")
    before = describe(filled)
    with filled.write() as conn:
        write_run(conn, ONE)
    rebuild_projection(filled)
    assert describe(filled) == before
    with filled.read() as conn:
        assert ONE in conn.execute(text("SELECT run_id FROM theirs")).scalars().all()


@only_postgresql
def test_a_page_waits_for_a_rebuild_no_longer_than_its_patience(filled: Store) -> None:
    with filled.write() as conn:
        write_run(conn, ONE)
    with filled.write() as rebuilding:
        rebuild_rows(rebuilding)
        with pytest.raises(OperationalError, match="lock timeout"):
            refresh_projection(filled, patience_ms=50)
    assert refresh_projection(filled, patience_ms=50) == 0
    with filled.read() as conn:
        assert find_differences(conn) == ()
