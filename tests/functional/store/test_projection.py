"""`proctor_run` tells what MLflow's tables tell, whoever wrote to them and however."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, event, select, text

from tests.builders.stores import (
    environment,
    mlflow_command,
    run,
    write_metric,
    write_run,
    write_tag,
)
from webapp.store.paging import count_runs
from webapp.store.projection import reading_current_runs, rebuild_projection, refresh_projection
from webapp.store.session import Store, bind_store, open_store, reading
from webapp.store.tables import changed_run
from webapp.store.tables import run as run_table

ONE, TWO = "1" * 32, "2" * 32

# In a process of its own, as a stranger would: python -c … URL FOLDER, prints the ids of the runs
_LOG_RUNS = """
import math, sys
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag
url, folder = sys.argv[1:]
client = MlflowClient(tracking_uri=url, registry_uri=url)
experiment = client.create_experiment("tried", artifact_location=folder)
def log(name, **metrics):
    run_id = client.create_run(experiment, run_name=name).info.run_id
    client.log_batch(
        run_id,
        metrics=[Metric(key, value, 1, 0) for key, value in metrics.items()],
        params=[Param("family", "random_forest")],
        tags=[RunTag("proctor.dataset", "student_performance"), RunTag("proctor.origin", "stand_in")],
    )
    client.set_terminated(run_id)
    return run_id
first = log("first", accuracy=0.5, f1_macro=0.4, other=1.0)
client.log_metric(first, "accuracy", 0.6, step=1)
second = log("second", accuracy=math.nan, qwk=math.inf)
third = log("third", log_loss=-math.inf)
client.delete_run(second)
client.set_tag(third, "mlflow.user", "grace")
client.delete_run(third)
client.restore_run(third)
client.update_run(first, name="renamed")
print(first, second, third)
"""


def rows(store: Store) -> dict[str, dict[str, object]]:
    """The projection as it stands, by run."""
    with store.read() as conn:
        return {row["run_id"]: dict(row) for row in conn.execute(select(run_table)).mappings()}


def refreshed(store: Store) -> dict[str, dict[str, object]]:
    """The projection brought up to date, after making sure that a full rebuild would tell the same."""
    refresh_projection(store)
    found = rows(store)
    with store.read() as conn:
        total = count_runs(conn)
        assert conn.execute(select(changed_run)).all() == []
    rebuild_projection(store)
    assert rows(store) == found
    assert total == len(found)
    return found


def test_a_store_that_nobody_touched_is_only_read(store: Store) -> None:
    refresh_projection(store)
    statements: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda _c, _u, statement, *_: statements.append(statement))
    assert refresh_projection(store) == 0
    assert [statement.split()[0] for statement in statements if statement != "BEGIN"] == ["SELECT"]


@pytest.mark.slow  # MLflow's client, in a process of its own
def test_what_mlflows_client_logs_shows(store: Store, tmp_path: Path) -> None:
    url = store.engine.url.render_as_string(hide_password=False)
    done = run([sys.executable, "-c", _LOG_RUNS, url, str(tmp_path)], environment(url))
    assert done.returncode == 0, done.stderr
    first, second, third = done.stdout.split()
    found = refreshed(store)
    assert second not in found
    assert found[first]["name"] == "renamed"
    assert found[first]["accuracy"] == pytest.approx(0.6)
    assert found[first]["macro_f1"] == pytest.approx(0.4)
    assert found[first]["family"] == "random_forest"
    assert found[first]["dataset_name"] == "student_performance"
    assert found[first]["is_stand_in"]
    assert found[first]["status"] == "FINISHED"
    assert found[third]["log_loss"] is None
    assert found[third]["user_name"] == "grace"


def test_a_change_by_sql_is_seen(store: Store) -> None:
    with store.write() as conn:
        write_run(conn, ONE, name="before")
        write_metric(conn, ONE, "accuracy", 0.25)
    assert refreshed(store)[ONE]["accuracy"] == pytest.approx(0.25)
    with store.write() as conn:
        conn.execute(text("UPDATE runs SET name = 'after'"))
        conn.execute(text("UPDATE latest_metrics SET value = 0.75"))
        write_tag(conn, ONE, "proctor.family", "prior")
    found = refreshed(store)[ONE]
    assert (found["name"], found["accuracy"], found["family"]) == ("after", 0.75, "prior")
    with store.write() as conn:
        conn.execute(text("DELETE FROM tags"))
        conn.execute(text("DELETE FROM latest_metrics"))
    found = refreshed(store)[ONE]
    assert (found["accuracy"], found["family"]) == (None, None)


def test_a_run_deleted_by_sql_vanishes(store: Store) -> None:
    with store.write() as conn:
        write_run(conn, ONE)
        write_run(conn, TWO)
    assert set(refreshed(store)) == {ONE, TWO}
    with store.write() as conn:
        conn.execute(text("DELETE FROM runs WHERE run_uuid = :run_id"), {"run_id": ONE})
    assert set(refreshed(store)) == {TWO}


def test_a_run_that_was_given_another_id_moves(store: Store) -> None:
    with store.write() as conn:
        write_run(conn, ONE)
    refreshed(store)
    with store.write() as conn:
        conn.execute(text("UPDATE runs SET run_uuid = :run_id"), {"run_id": TWO})
    assert set(refreshed(store)) == {TWO}


def test_a_rolled_back_change_leaves_no_note(store: Store) -> None:
    refresh_projection(store)
    with store.write() as conn:
        write_run(conn, ONE)
        conn.rollback()
    assert refresh_projection(store) == 0
    assert rows(store) == {}


@pytest.mark.parametrize("value", [1.7976931348623157e308, -1.7976931348623157e308])
def test_an_infinite_metric_shows_as_none(store: Store, value: float) -> None:
    with store.write() as conn:
        write_run(conn, ONE)
        write_metric(conn, ONE, "accuracy", value)
        write_metric(conn, ONE, "qwk", 0.0, is_nan=True)
        write_metric(conn, ONE, "log_loss", 0.0)
    found = refreshed(store)[ONE]
    assert (found["accuracy"], found["qwk"], found["log_loss"]) == (None, None, 0.0)


def test_a_strangers_long_values_are_cut(store: Store) -> None:
    with store.write() as conn:
        write_run(conn, ONE, name=None, end_time=None, user_id=None, experiment_id=None)
        for key in ("mlflow.runName", "mlflow.user", "proctor.family", "proctor.dataset", "proctor.dataset_sha256"):
            write_tag(conn, ONE, key, "x" * 8_000)
    found = refreshed(store)[ONE]
    assert found["name"] == "x" * 250
    assert found["dataset_sha256"] == "x" * 64
    assert found["duration"] is None


@pytest.mark.slow  # MLflow's client, in a process of its own
def test_mlflow_gc_removes_a_deleted_run_for_good(store: Store, tmp_path: Path) -> None:
    with store.write() as conn:
        write_run(conn, ONE, artifact_uri=str(tmp_path / "one"))
        write_run(conn, TWO, lifecycle_stage="deleted", deleted_time=1, artifact_uri=str(tmp_path / "two"))
        write_metric(conn, TWO, "accuracy", 0.5)
    assert set(refreshed(store)) == {ONE}
    url = store.engine.url.render_as_string(hide_password=False)
    names = ["--backend-store-uri", url, "--tracking-uri", url, "--run-ids", TWO]
    done = run(mlflow_command("gc", *names), environment(url))
    assert done.returncode == 0, done.stderr
    with store.read() as conn:
        assert conn.execute(text("SELECT run_uuid FROM runs")).scalars().all() == [ONE]
    assert set(refreshed(store)) == {ONE}


def test_nothing_is_missed_while_many_write_and_many_refresh(store: Store) -> None:
    url = store.engine.url.render_as_string(hide_password=False)
    failures: list[BaseException] = []

    def write(number: int) -> None:
        own = open_store(url)
        for turn in range(20):
            with own.write() as conn:
                run_id = f"{number:016x}{turn:016x}"
                write_run(conn, run_id)
                write_metric(conn, run_id, "accuracy", 0.0)
            with own.write() as conn:
                conn.execute(text("UPDATE latest_metrics SET value = value + 1"))
        own.close()

    def refresh(_number: int) -> None:
        own = open_store(url)
        for _ in range(40):
            refresh_projection(own)
        own.close()

    def guarded(work: object, number: int) -> None:
        try:
            work(number)  # type: ignore[operator]
        except BaseException as error:  # noqa: BLE001  a thread's error would be lost
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(work, n)) for work in (write, refresh) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [failure for failure in failures if "deadlock" not in str(failure)] == []
    found = refreshed(store)
    with store.read() as conn:
        values = dict(conn.execute(text("SELECT run_uuid, value FROM latest_metrics")).all())  # type: ignore[arg-type]
    assert {run_id: row["accuracy"] for run_id, row in found.items()} == values


def test_a_request_sees_what_was_logged_before_it_asked(store: Store) -> None:
    app = Flask(__name__)
    bind_store(app, store)
    with app.app_context():
        assert count_runs(reading()) == 0  # the request has begun to read
        with store.write() as conn:
            write_run(conn, ONE)
        assert count_runs(reading_current_runs()) == 1


def test_a_store_that_cannot_be_written_is_still_read(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    with store.write() as conn:
        write_run(conn, ONE)
    refresh_projection(store)
    with store.write() as conn:
        write_run(conn, TWO)
    closed = open_store(store.engine.url.render_as_string(hide_password=False))
    event.listen(closed.engine, "begin", forbid_writing)
    app = Flask(__name__)
    bind_store(app, closed)
    with app.app_context():
        conn = reading_current_runs()
        assert conn.execute(select(run_table.c.run_id)).scalars().all() == [ONE]
    closed.close()
    assert "read as it stands" in caplog.text


def forbid_writing(conn: Connection) -> None:
    conn.exec_driver_sql("PRAGMA query_only = 1" if conn.dialect.name == "sqlite" else "SET TRANSACTION READ ONLY")
