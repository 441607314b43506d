"""What the pages about experiments read, on both databases: sizes, days, numbers and their company."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, text

from ml.charts.experiments.calendar import DayCount
from ml.charts.experiments.values import Axis, Company, Counts
from tests.builders.many_runs import write_many_runs
from tests.builders.stores import write_metric, write_run
from webapp.experiments.days import find_span
from webapp.experiments.metrics import find_metrics
from webapp.experiments.queries import (
    Size,
    count_going,
    find_experiment,
    find_most_accurate,
    list_experiments,
    measure_experiments,
)
from webapp.experiments.series import find_best, find_pareto
from webapp.store import mlflow_tables as mlflow
from webapp.store.mlflow_tables import LARGEST_FLOAT
from webapp.store.projection import refresh_projection
from webapp.store.session import Store

DAY = 86_400_000
ACCURACY, LOSS = Axis("accuracy", "Accuracy", is_lower_better=False), Axis("loss", "Loss", is_lower_better=True)


def write_experiments(conn: Connection) -> None:
    for number, name, stage in ((1, "old", "deleted"), (2, "other", "active")):
        row = {"experiment_id": number, "name": name, "lifecycle_stage": stage, "artifact_location": "/x"}
        conn.execute(insert(mlflow.experiments).values(row | {"creation_time": 1, "last_update_time": 7}))


def write_scored(conn: Connection, run_id: str, start: int | None, metrics: dict[str, float], **columns: Any) -> None:
    write_run(conn, run_id * 32, **({"start_time": start, "end_time": None} | columns))
    for name, number in metrics.items():
        write_metric(conn, run_id * 32, name, 0.0 if number != number else number, is_nan=number != number)  # noqa: PLR0124


@pytest.fixture
def filled(store: Store) -> Store:
    """Seven runs of one experiment, of which four have a number and a day, one of another, one archived."""
    with store.write() as conn:
        write_experiments(conn)
        company = {"accuracy_low": 0.5, "accuracy_high": 0.7, "prior_accuracy": 0.3, "single_column_accuracy": 0.55}
        write_scored(conn, "a", 2 * DAY, {"accuracy": 0.6, "loss": 3.0} | company)
        write_scored(conn, "b", 1 * DAY, {"accuracy": 0.5, "loss": 2.0}, status="FAILED")
        write_scored(conn, "c", 3 * DAY, {"accuracy": 0.6, "loss": LARGEST_FLOAT})
        write_scored(conn, "d", 3 * DAY, {"accuracy": float("nan"), "loss": 1.0})
        write_scored(conn, "e", 3 * DAY, {"loss": 1.0}, status="RUNNING")
        write_scored(conn, "f", None, {"accuracy": 0.9})
        write_scored(conn, "0", 4 * DAY + 5, {"accuracy": -LARGEST_FLOAT})
        write_scored(conn, "1", 9 * DAY, {"accuracy": 0.8}, experiment_id=2)
        write_scored(conn, "2", 9 * DAY, {"accuracy": 0.8}, lifecycle_stage="deleted", experiment_id=1)
    refresh_projection(store)
    return store


def test_every_experiment_is_measured(filled: Store) -> None:
    with filled.read() as conn:
        sizes, found = measure_experiments(conn), list_experiments(conn)
    assert sizes.active == {0: Size(7, 4 * DAY + 5, 0.9), 2: Size(1, 9 * DAY, 0.8)}
    assert sizes.archived == {1: 1}
    assert {(one.id, one.is_archived) for one in found} == {(0, False), (1, True), (2, False)}


def test_the_first_run_that_reached_the_best_accuracy_is_found(filled: Store) -> None:
    with filled.read() as conn:
        best = find_most_accurate(conn, {0: 0.6, 2: 0.8})
    assert {number: row.run_id[0] for number, row in best.items()} == {0: "a", 2: "1"}


def test_only_runs_that_began_lately_are_under_way(filled: Store) -> None:
    with filled.read() as conn:
        assert count_going(conn, 2 * DAY) == {0: 1}
        assert count_going(conn, 3 * DAY) == {}


def test_runs_are_counted_by_day_and_state(filled: Store) -> None:
    with filled.read() as conn:
        span = find_span(conn, 0)
    assert set(span.days) == {
        DayCount(1, "FAILED", 1), DayCount(2, "FINISHED", 1), DayCount(3, "FINISHED", 2), DayCount(3, "RUNNING", 1),
        DayCount(4, "FINISHED", 1),
    }  # fmt: skip
    assert (span.runs, span.undated, span.first_start, span.last_start) == (7, 1, DAY, 4 * DAY + 5)
    assert dict(span.states) == {"FINISHED": 5, "FAILED": 1, "RUNNING": 1}


def test_the_best_so_far_is_in_the_order_of_time_and_counts_what_it_leaves_out(filled: Store) -> None:
    with filled.read() as conn:
        best = find_best(conn, 0, ACCURACY, find_span(conn, 0))
    assert best is not None
    assert [(best.who[point.run].run_id[0], point.value) for point in best.records] == [("b", 0.5), ("a", 0.6)]
    assert best.counts == Counts(7, not_logged=1, not_finite=2, undated=1)
    assert [best.who[point.run].run_id[0] for point in best.drawn] == ["b", "a", "c"]
    assert best.who[best.records[1].run].beside("accuracy") == Company(0.5, 0.7, 0.3, 0.55)
    assert best.who[best.records[0].run].beside("accuracy") == Company()


def test_the_front_takes_runs_with_both_numbers(filled: Store) -> None:
    with filled.read() as conn:
        front = find_pareto(conn, 0, (LOSS, ACCURACY), find_span(conn, 0))
    assert front is not None
    assert [(pair.x, pair.y) for pair in front.members] == [(2.0, 0.5), (3.0, 0.6)]
    assert front.counts == Counts(7, not_logged=3, not_finite=2)


def test_where_nobody_logged_it_there_is_nothing(filled: Store) -> None:
    with filled.read() as conn:
        assert find_best(conn, 0, Axis("nobody", "", is_lower_better=False), find_span(conn, 0)) is None
        assert find_pareto(conn, 2, (LOSS, ACCURACY), find_span(conn, 2)) is None


def test_metrics_are_those_of_the_experiment(filled: Store) -> None:
    with filled.read() as conn:
        mine, other = find_metrics(conn, 0, 7), find_metrics(conn, 2, 1)
        large = find_metrics(conn, 2, 100_000)
    assert mine.own == ("accuracy", "loss")
    assert mine.company == ("accuracy_high", "accuracy_low", "prior_accuracy", "single_column_accuracy")
    assert (other.own, other.others) == (("accuracy",), ())
    assert "loss" in large.others


@pytest.mark.parametrize("number", ["", "x", "-1", "01", "²", "1.0", "99999999999", "2147483648", "77"])
def test_what_is_no_experiment_is_not_found(filled: Store, number: str) -> None:
    with filled.read() as conn:
        assert find_experiment(conn, "2") is not None
        assert find_experiment(conn, number) is None


# PostgreSQL's planner rightly scans a table this small.
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_no_page_of_an_experiment_scans_all_runs_or_values(store: Store) -> None:
    """A small experiment must not pay for the large ones beside it."""
    write_many_runs(store, 1_000)
    with store.write() as conn:
        conn.execute(text("ANALYZE"))
    asked: list[tuple[str, Any]] = []
    event.listen(store.engine, "before_cursor_execute", lambda _c, _u, query, values, *_: asked.append((query, values)))
    with store.read() as conn:
        span = find_span(conn, 0)
        find_metrics(conn, 0, span.runs)
        find_best(conn, 0, ACCURACY, span)
        find_pareto(conn, 0, (Axis("log_loss", "", is_lower_better=True), ACCURACY), span)
        find_most_accurate(conn, {0: 0.9})
        count_going(conn, 5)
        queries = [(query, values) for query, values in asked if query.startswith("SELECT")]
        plans = [
            (query, step[3])
            for query, values in queries
            for step in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values)
        ]
    assert len(queries) > 8
    assert not [plan for plan in plans if "SCAN proctor_run" in plan[1] or "SCAN proctor_value" in plan[1]
                or "SCAN held" in plan[1]]  # fmt: skip
    assert [step for _query, step in plans if "held_0 USING PRIMARY KEY (run_number=? AND key_id=?)" in step]
