"""`flask store check` finds what is wrong with the store, and `flask store rebuild` puts the run history right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask import Flask
from sqlalchemy import text

from tests.builders.sqlite_folder import sqlite_path
from tests.builders.stores import write_metric, write_run, write_tag
from webapp import cli
from webapp.store.check import Difference, Fault, Kind, find_differences, find_faults
from webapp.store.projection import refresh_projection
from webapp.store.session import Store, bind_store

if TYPE_CHECKING:
    from click.testing import Result

RUNS = tuple(f"{number:032x}" for number in range(4))


@pytest.fixture
def filled(store: Store) -> Store:
    """Four runs that the history tells rightly."""
    with store.write() as conn:
        for number, run_id in enumerate(RUNS):
            write_run(conn, run_id, name=f"run {number}")
            write_metric(conn, run_id, "accuracy", number / 4)
            write_tag(conn, run_id, "proctor.family", "prior")
    refresh_projection(store)
    return store


def change(store: Store, *statements: str) -> None:
    with store.write() as conn:
        for statement in statements:
            conn.execute(text(statement))


def ask(store: Store, command: str) -> Result:
    app = Flask(__name__)
    bind_store(app, store)
    cli.init_app(app)
    return app.test_cli_runner().invoke(args=["store", command])


def test_a_sound_store(filled: Store) -> None:
    done = ask(filled, "check")
    assert (done.exit_code, done.output.partition(" in ")[0]) == (0, "The store is sound: 4 runs compared")


def test_what_waits_to_be_brought_up_to_date_is_no_difference(filled: Store) -> None:
    change(filled, "UPDATE runs SET name = 'renamed'")
    with filled.read() as conn:
        assert find_differences(conn) == ()
    assert ask(filled, "check").exit_code == 0


def test_each_kind_of_difference_is_found_and_named(filled: Store) -> None:
    change(
        filled,
        "DELETE FROM proctor_run WHERE name = 'run 1'",
        "UPDATE proctor_run SET run_id = 'nobody' WHERE name = 'run 2'",
        "UPDATE proctor_run SET accuracy = 0.5, name = NULL WHERE name = 'run 0'",
    )
    with filled.read() as conn:
        assert find_differences(conn) == (
            Difference(RUNS[0], Kind.DIFFERENT, ("name", "accuracy")),
            Difference(RUNS[1], Kind.MISSING),
            Difference(RUNS[2], Kind.MISSING),
            Difference("nobody", Kind.SURPLUS),
        )
    done = ask(filled, "check")
    assert done.exit_code == 1
    assert "4 rows of the run history are wrong (4 rows)" in done.output
    assert f"  {RUNS[0]} differs in name, accuracy\n  {RUNS[1]} has no row\n" in done.output
    assert done.output.endswith("store rebuild\nThe store is not sound.\n")


def test_a_value_and_an_archived_run_that_differ_are_named(filled: Store) -> None:
    with filled.write() as conn:
        conn.execute(text("UPDATE runs SET lifecycle_stage = 'deleted' WHERE run_uuid = :id"), {"id": RUNS[3]})
    refresh_projection(filled)
    change(
        filled,
        "UPDATE proctor_value SET number = 9 WHERE number > 0.4",
        "DELETE FROM proctor_value WHERE text = 'prior' AND run_number = (SELECT min(run_number) FROM proctor_value)",
        "UPDATE proctor_archived_run SET name = 'other'",
    )
    with filled.read() as conn:
        assert find_differences(conn) == (
            Difference(RUNS[0], Kind.DIFFERENT, ("tag proctor.family",)),
            Difference(RUNS[2], Kind.DIFFERENT, ("metric accuracy",)),
            Difference(RUNS[3], Kind.DIFFERENT, ("archive",)),
        )


def test_a_rebuild_puts_the_history_right(filled: Store) -> None:
    change(filled, "DELETE FROM proctor_run", "UPDATE proctor_projection SET rows = 9")
    assert ask(filled, "check").exit_code == 1
    assert ask(filled, "rebuild").output.startswith("Rebuilt 4 rows in ")
    assert ask(filled, "check").exit_code == 0


def test_a_long_list_is_cut(filled: Store) -> None:
    with filled.write() as conn:
        for number in range(100, 120):
            write_run(conn, f"{number:032x}")
    refresh_projection(filled)
    change(filled, "DELETE FROM proctor_run", "UPDATE proctor_projection SET rows = 0")
    done = ask(filled, "check")
    assert done.output.count(" has no row") == 20
    assert "… and 4 more" in done.output


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE alembic_version SET version_num = 'other'", "MLflow's schema is other, and should be "),
        ("DELETE FROM alembic_version_proctor", "Proctor's schema is missing, and should be "),
        ("UPDATE proctor_projection SET rows = 7", "the history is said to have 7 rows, and has 4"),
    ],
)
def test_other_faults_are_found(filled: Store, statement: str, fault: str) -> None:
    change(filled, statement)
    with filled.read() as conn:
        (found,) = find_faults(conn)
    assert found.text.startswith(fault)
    assert f"Fault: {fault}" in ask(filled, "check").output


def test_missing_triggers_are_found(filled: Store) -> None:
    change(filled, "DROP TRIGGER proctor_tags_update" + ("" if filled.is_sqlite else " ON tags"))
    with filled.read() as conn:
        assert find_faults(conn) == (Fault("triggers are missing: proctor_tags_update"),)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_orphans_among_mlflows_rows_are_a_remark(filled: Store) -> None:
    with filled.engine.connect() as conn:
        conn.exec_driver_sql("COMMIT")
        conn.exec_driver_sql("PRAGMA foreign_keys = OFF")
        conn.exec_driver_sql("INSERT INTO params (run_uuid, key, value) VALUES ('gone', 'k', 'v')")
        conn.exec_driver_sql("PRAGMA foreign_keys = ON")
        conn.exec_driver_sql("BEGIN")
    done = ask(filled, "check")
    assert done.exit_code == 0
    assert "Remark: params has rows that lost the row that they belong to: 1." in done.output


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_damaged_file_is_found(filled: Store, url: str) -> None:
    with filled.read() as conn:
        page = conn.execute(
            text("SELECT min(rootpage) FROM sqlite_master WHERE name LIKE 'ix_proctor_run_name%'")
        ).scalar()
        size = conn.execute(text("PRAGMA page_size")).scalar()
    with filled.engine.connect() as conn:
        conn.exec_driver_sql("COMMIT")
        conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        conn.exec_driver_sql("BEGIN")
    filled.close()
    assert page
    assert size
    with sqlite_path(url).open("r+b") as file:
        file.seek((page - 1) * size + size // 2)
        file.write(b"\xa5" * (size // 2))
    done = ask(filled, "check")
    assert done.exit_code == 1
    assert "the file is damaged: " in done.output
