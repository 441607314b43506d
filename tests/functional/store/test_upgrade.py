"""`alembic upgrade head`: from nothing, from anything, once, or not at all.

What takes MLflow's programs or its whole chain of revisions is marked slow: ten seconds each, and twice that in CI.
"""

from __future__ import annotations

import re
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.pool import NullPool

from tests.builders.postgresql import PostgresqlCluster
from tests.builders.sqlite_folder import SqliteFolder, sqlite_path
from tests.builders.stores import (
    OLDER_REVISION,
    OLDER_RUN,
    alembic,
    alembic_command,
    dump,
    environment,
    mlflow_command,
    run,
    start,
    write_experiment,
    write_metric,
    write_run,
    write_tag,
)
from webapp.store.projection import refresh_projection
from webapp.store.schema import MLFLOW_HEAD, SchemaState, check_schema
from webapp.store.session import open_store
from webapp.store.triggers import missing_triggers

MLFLOW_ROWS = ("experiments", "runs", "latest_metrics", "tags", "alembic_version")


def state(url: str) -> SchemaState:
    store = open_store(url)
    try:
        return check_schema(store.engine)
    finally:
        store.close()


def backups(url: str) -> list[Path]:
    return sorted(sqlite_path(url).parent.glob("*.backup"))


def test_a_fresh_upgrade_makes_the_schema_that_the_code_expects(url: str) -> None:
    assert state(url) is SchemaState.CURRENT


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_sqlite_is_left_in_wal_mode_without_a_backup(url: str) -> None:
    with closing(sqlite3.connect(sqlite_path(url))) as conn:
        assert conn.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert backups(url) == []


def test_a_second_upgrade_changes_nothing_and_imports_no_mlflow(url: str) -> None:
    program = (
        "import sys; from alembic.config import main; main(argv=['upgrade', 'head']); print('mlflow' in sys.modules)"
    )
    before = schema(url)
    done = run([sys.executable, "-c", program], environment(url))
    assert (done.returncode, done.stdout) == (0, "False\n"), done.stderr
    assert schema(url) == before


def schema(url: str) -> object:
    """Everything that DDL could have changed."""
    engine = create_engine(url, poolclass=NullPool)
    query = (
        "SELECT name, sql, rootpage FROM sqlite_master"
        if url.startswith("sqlite")
        else "SELECT relname, oid FROM pg_class WHERE relnamespace = 'public'::regnamespace UNION ALL "
        "SELECT tgname, oid FROM pg_trigger"
    )
    with engine.connect() as conn:  # NullPool: closed when given back
        return sorted(map(str, conn.execute(text(query)).all()))


def test_check_finds_the_tables_and_the_revisions_in_step(url: str) -> None:
    done = alembic(url, "check")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_mlflow_finds_nothing_to_upgrade(url: str) -> None:
    before = schema(url)
    done = run(mlflow_command("db", "upgrade", url), environment(url))
    assert done.returncode == 0, done.stderr
    assert schema(url) == before


def test_down_and_up_again_keep_what_is_mlflows(url: str) -> None:
    store = open_store(url)
    with store.write() as conn:
        write_experiment(conn)
        for run_id in ("a" * 32, "b" * 32):
            write_run(conn, run_id)
            write_metric(conn, run_id, "accuracy", 0.25)
            write_tag(conn, run_id, "proctor.family", "prior")
    refresh_projection(store)
    before = dump(store.engine, (*MLFLOW_ROWS, "proctor_run"))
    store.close()

    assert alembic(url, "downgrade", "base").returncode == 0
    left = [name for name in inspect(store.engine).get_table_names() if "proctor" in name]
    with store.read() as conn:
        assert missing_triggers(conn)
    with store.write() as conn:  # MLflow writes on as if we had never been there
        write_tag(conn, "a" * 32, "while", "away")
        conn.execute(text("DELETE FROM tags WHERE key = 'while'"))
    store.close()

    assert left == []
    assert alembic(url, "upgrade", "head").returncode == 0
    assert dump(store.engine, (*MLFLOW_ROWS, "proctor_run")) == before
    store.close()


@pytest.mark.slow
def test_of_two_starters_one_runs(backend: SqliteFolder | PostgresqlCluster) -> None:
    url = backend.new_url()
    starters = [start(alembic_command("upgrade", "head"), environment(url)) for _ in range(2)]
    said = [starter.communicate()[1] for starter in starters]
    assert [starter.returncode for starter in starters] == [0, 0], said
    assert sorted("the store is up to date" in text for text in said) == [False, True], said
    assert state(url) is SchemaState.CURRENT


@pytest.mark.slow
def test_a_failure_half_way_leaves_the_store_as_it_was(older_url: str) -> None:
    store = open_store(older_url)
    with store.write() as conn:  # the last of our tables to be made is in the way
        conn.execute(text("CREATE TABLE proctor_worker (other INTEGER)"))
    before = (schema(older_url), dump(store.engine, MLFLOW_ROWS))
    done = alembic(older_url, "upgrade", "head", backup_done="yes")
    assert done.returncode != 0
    assert (schema(older_url), dump(store.engine, MLFLOW_ROWS)) == before
    store.close()


@pytest.mark.slow
def test_an_older_store_is_secured_and_upgraded_and_its_runs_show(older_url: str) -> None:
    before = dump(open_store(older_url).engine, MLFLOW_ROWS)
    done = alembic(older_url, "upgrade", "head", backup_done="yes")
    assert done.returncode == 0, done.stderr
    store = open_store(older_url)
    with store.read() as conn:
        rows = conn.execute(text("SELECT run_id, name, user_name, family, accuracy, duration FROM proctor_run")).all()
        note = conn.execute(text("SELECT value FROM tags")).scalar()
    store.close()
    assert rows == [(OLDER_RUN, "from before", "ada", None, 0.5, 3_000)]
    assert note == "kept"
    if older_url.startswith("sqlite"):  # PostgreSQL's operator gave his word
        (copy,) = backups(older_url)
        assert copy.name == f"store.sqlite.mlflow-{OLDER_REVISION}.backup"
        assert dump(open_store(f"sqlite:///{copy}").engine, MLFLOW_ROWS) == before


@pytest.mark.slow
@pytest.mark.postgresql
@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_an_older_postgresql_store_waits_for_word_of_a_backup(older_url: str) -> None:
    before = schema(older_url)
    done = alembic(older_url, "upgrade", "head")
    assert done.returncode != 0
    assert "PROCTOR_BACKUP_DONE=yes alembic upgrade head" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert schema(older_url) == before


@pytest.mark.slow
def test_a_store_of_a_newer_mlflow_is_refused(url: str) -> None:
    store = open_store(url)
    with store.write() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = 'ffffffffffff'"))
    store.close()
    done = alembic(url, "upgrade", "head", backup_done="yes")
    assert done.returncode != 0
    assert f"ffffffffffff, which this MLflow does not know (it goes up to {MLFLOW_HEAD})" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_lost_triggers_are_missed_and_come_back(url: str) -> None:
    store = open_store(url)
    drop = "DROP TRIGGER proctor_tags_update" + ("" if store.is_sqlite else " ON tags")
    with store.write() as conn:
        conn.execute(text(drop))
        write_experiment(conn)
        write_run(conn, "c" * 32)
    store.close()
    assert state(url) is SchemaState.BEHIND
    assert alembic(url, "upgrade", "head").returncode == 0
    assert state(url) is SchemaState.CURRENT
    assert [row[1] for row in dump(store.engine, ("proctor_run",))["proctor_run"]] == ["c" * 32]
    store.close()


def test_a_bad_setting_is_one_line(url: str) -> None:
    done = alembic(url, "upgrade", "head", nonsense="1")
    assert done.returncode != 0
    assert re.search(r"unknown setting PROCTOR_NONSENSE", done.stdout + done.stderr)
    assert "Traceback" not in done.stderr
