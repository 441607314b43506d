"""`proctor_run` tells what MLflow's tables tell, whoever wrote to them and however."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event, func, select, text

from tests.builders.stores import (
    environment,
    mlflow_command,
    run,
    write_metric,
    write_param,
    write_run,
    write_tag,
)
from webapp.store.paging import count_runs
from webapp.store.projection import reading_current_runs, rebuild_projection, refresh_projection
from webapp.store.session import Store, bind_store, open_store, reading
from webapp.store.tables import archived_run, changed_run, key, projection, value
from webapp.store.tables import run as run_table
from webapp.store.values import read_number

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


Rows = dict[str, dict[str, object]]


def rows(store: Store) -> Rows:
    """The projection as it stands, by run, but for its numbers: those are anybody's."""
    with store.read() as conn:
        found = {row["run_id"]: dict(row) for row in conn.execute(select(run_table)).mappings()}
    for row in found.values():
        del row["number"]
    return found


def values(store: Store) -> dict[tuple[str, str, str], tuple[float | None, str | None]]:
    """What every run has for every key: its number and its text."""
    with store.read() as conn:
        found = conn.execute(
            select(run_table.c.run_id, key.c.kind, key.c.name, value.c.number, value.c.text)
            .join(value, value.c.run_number == run_table.c.number)
            .join(key, key.c.id == value.c.key_id)
        ).all()
        assert len(found) == conn.execute(select(func.count()).select_from(value)).scalar_one()
    return {(row.run_id, row.kind, row.name): (row.number, row.text) for row in found}


def archived(store: Store) -> dict[str, int | None]:
    """When each run that can be restored was archived."""
    with store.read() as conn:
        return {row.run_id: row.archived_at for row in conn.execute(select(archived_run))}


def refreshed(store: Store) -> Rows:
    """The projection brought up to date, after making sure that a full rebuild would tell the same."""
    refresh_projection(store)
    found = rows(store), values(store), archived(store)
    with store.read() as conn:
        total = count_runs(conn)
        assert conn.execute(select(changed_run)).all() == []
    rebuild_projection(store)
    assert (rows(store), values(store), archived(store)) == found
    assert total == len(found[0])
    return found[0]


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


def test_every_value_of_a_run_is_kept_by_its_key(store: Store) -> None:
    with store.write() as conn:
        write_run(conn, ONE)
        write_metric(conn, ONE, "accuracy", 0.5)
        write_metric(conn, ONE, "loss", 0.0, is_nan=True)
        write_metric(conn, ONE, "reward", 1.7976931348623157e308)
        for name, content in {"depth": "5", "lr": "1e-05", "model": "rf", "empty": "", "long": "x" * 6_000}.items():
            write_param(conn, ONE, name, content)
        write_tag(conn, ONE, "accuracy", "tag")
    refreshed(store)
    assert values(store) == {
        (ONE, "metric", "accuracy"): (0.5, None),
        (ONE, "metric", "loss"): (None, None),
        (ONE, "metric", "reward"): (1.7976931348623157e308, None),
        (ONE, "param", "depth"): (5.0, "5"),
        (ONE, "param", "lr"): (1e-05, "1e-05"),
        (ONE, "param", "model"): (None, "rf"),
        (ONE, "param", "empty"): (None, ""),
        (ONE, "param", "long"): (None, "x" * 250),
        (ONE, "tag", "accuracy"): (None, "tag"),
    }


def test_a_value_that_is_gone_is_forgotten_and_a_run_keeps_its_number(store: Store) -> None:
    with store.write() as conn:
        write_run(conn, TWO)
        write_run(conn, ONE)
        write_tag(conn, ONE, "team", "a")
    refresh_projection(store)
    query = select(run_table.c.number).where(run_table.c.run_id == ONE)
    with store.write() as conn:
        number = conn.execute(query).scalar()
        conn.execute(text("DELETE FROM tags"))
    refresh_projection(store)
    assert values(store) == {}
    with store.read() as conn:
        assert conn.execute(query).scalar() == number


NUMBER_LIKE = st.one_of(
    st.text(st.sampled_from("0123456789+-.eE \t"), max_size=8),
    st.integers().map(str),
    st.floats().map(repr),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=45),
)


def test_sql_and_python_agree_on_what_is_a_number(store: Store) -> None:
    @settings(max_examples=5, deadline=None, database=None)
    @given(st.lists(NUMBER_LIKE, min_size=200, max_size=400))
    def agree(texts: list[str]) -> None:
        with store.write() as conn:
            conn.execute(text("DELETE FROM tags"))
            conn.execute(text("DELETE FROM runs"))
            write_run(conn, ONE)
            for number, content in enumerate([*texts, "1e99", "-0", "9" * 40, "9" * 41, "1e100", "5\n", "\u0665"]):
                write_tag(conn, ONE, f"t{number}", content)
        rebuild_projection(store)
        for number, content in values(store).values():
            assert number == (None if (said := read_number(content or "")) is None else pytest.approx(said, rel=1e-12))

    agree()


def test_an_archived_run_is_kept_apart_until_it_is_restored(store: Store) -> None:
    with store.write() as conn:
        write_run(conn, ONE)
    refreshed(store)
    with store.write() as conn:
        conn.execute(text("UPDATE runs SET lifecycle_stage = 'deleted', deleted_time = 7000"))
    assert refreshed(store) == {}
    assert archived(store) == {ONE: 7000}
    with store.write() as conn:
        conn.execute(text("UPDATE runs SET lifecycle_stage = 'active', deleted_time = NULL"))
    assert set(refreshed(store)) == {ONE}
    assert archived(store) == {}


def test_every_change_has_a_number_of_its_own(store: Store) -> None:
    seen = []
    for run_id in (ONE, TWO):
        with store.write() as conn:
            write_run(conn, run_id)
        refresh_projection(store)
        refresh_projection(store)
        with store.read() as conn:
            seen.append(conn.execute(select(projection.c.version)).scalar_one())
    assert seen[1] == seen[0] + 1


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
