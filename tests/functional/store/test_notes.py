"""A run that is written is noted, once as a rule; nothing that was rolled back or taken counts for that."""

from __future__ import annotations

from sqlalchemy import Connection, func, select, text

from tests.builders.stores import write_metric, write_run
from webapp.store.projection import rebuild_rows
from webapp.store.session import Store
from webapp.store.tables import changed_run

ONE, TWO = "1" * 32, "2" * 32


def count_notes(conn: Connection) -> int:
    return conn.execute(select(func.count()).select_from(changed_run)).scalar_one()


def test_a_transaction_notes_a_run_once_however_much_it_writes(store: Store) -> None:
    with store.write() as conn:
        write_run(conn, ONE)
        for number in range(20):
            write_metric(conn, ONE, f"m{number}", 0.5)
        conn.execute(text("UPDATE latest_metrics SET value = 1"))
        conn.execute(text("DELETE FROM latest_metrics"))
        assert count_notes(conn) == 1


def test_what_comes_after_a_note_was_rolled_back_is_noted(store: Store) -> None:
    with store.write() as conn:
        write_run(conn, ONE)
    with store.write() as conn:
        conn.execute(text("DELETE FROM proctor_changed_run"))
    with store.write() as conn:
        inner = conn.begin_nested()
        write_metric(conn, ONE, "accuracy", 0.5)
        inner.rollback()
        assert count_notes(conn) == 0
        write_metric(conn, ONE, "accuracy", 0.25)
        assert count_notes(conn) == 1


def test_what_comes_after_a_rebuild_in_the_same_transaction_is_noted(store: Store) -> None:
    with store.write() as conn:
        write_run(conn, ONE)
        rebuild_rows(conn)
        assert count_notes(conn) == 0
        write_metric(conn, ONE, "accuracy", 0.5)
        assert count_notes(conn) == 1


def test_each_transaction_notes_for_itself(store: Store) -> None:
    """On SQLite the note that is there is enough, for there the one who takes it waits for whoever writes."""
    with store.engine.connect() as conn:
        for _time in range(2):
            conn.execute(text("DELETE FROM runs"))
            write_run(conn, ONE)
            conn.commit()
        assert count_notes(conn) == (1 if store.is_sqlite else 2)


def test_a_run_that_gets_another_id_is_noted_by_both(store: Store) -> None:
    with store.write() as conn:
        write_run(conn, ONE)
    with store.write() as conn:
        conn.execute(text("DELETE FROM proctor_changed_run"))
        conn.execute(text("UPDATE runs SET run_uuid = :run_id"), {"run_id": TWO})
        assert set(conn.execute(select(changed_run.c.run_id)).scalars()) == {ONE, TWO}
