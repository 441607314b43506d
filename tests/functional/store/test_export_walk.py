"""What an export reads: every run once in the table's order, of one moment, its values whole; on both databases."""

from __future__ import annotations

import math
from typing import Any

import pytest
from sqlalchemy import delete, update
from werkzeug.datastructures import MultiDict

from tests.builders.many_runs import write_many_runs
from tests.builders.stores import write_metric, write_param, write_run, write_tag
from webapp.runs.export.asking import TooMuchError, ask
from webapp.runs.export.opening import open_sheet, read_asked, write_asked
from webapp.runs.export.reading import walk_runs
from webapp.runs.table.state import TableState, read_filters, read_state
from webapp.store import mlflow_tables as mlflow
from webapp.store.columns import read_column
from webapp.store.paging import read_run_page
from webapp.store.projection import refresh_projection
from webapp.store.session import Store

LONG = "señal 🌲 " * 900
ID = "a" * 32
NOW = 1_790_000_000_000


def make_state(**args: str | list[str]) -> TableState:
    asked = MultiDict(args)
    return read_state(asked, read_filters(asked, NOW))


def read_rows(store: Store, state: TableState, *, is_whole: bool = False) -> list[dict[str, Any]]:
    with store.snapshot() as conn:
        sheet = open_sheet(conn, ask(conn, state, NOW, is_whole=is_whole))
        names = [column.name for column in sheet.columns]
        return [dict(zip(names, row, strict=True)) for rows in sheet.batches for row in rows]


@pytest.mark.parametrize("sort", ["-started_at", "name", "-metrics.log_loss", "params.lr", "metrics.nobody"])
def test_a_walk_meets_every_run_once_in_the_order_of_the_table(store: Store, sort: str) -> None:
    write_many_runs(store, 120)
    with store.snapshot() as conn:
        walked = [row.number for rows in walk_runs(conn, make_state(sort=sort), 7) for row in rows]
        by = read_column(sort.removeprefix("-"))
        page = read_run_page(conn, by, is_descending=sort.startswith("-"), size=1_000)
    assert walked == [row.number for row in page]
    assert len(walked) > 100


def test_a_walk_sees_one_moment_whatever_is_written_meanwhile(store: Store) -> None:
    run_ids = write_many_runs(store, 40)
    with store.snapshot() as conn:
        walk = walk_runs(conn, make_state(), 7)
        seen = [row.run_id for row in next(walk)]
        with store.write() as writing:
            writing.execute(update(mlflow.runs).values(lifecycle_stage="deleted"))
            write_run(writing, ID, start_time=1)
        refresh_projection(store)
        seen += [row.run_id for rows in walk for row in rows]
    archived = set(run_ids) - set(seen)
    assert ID not in seen
    assert len(seen) == len(set(seen))
    assert len(seen) + len(archived) == 40
    assert [row["run_id"] for row in read_rows(store, make_state())] == [ID]


def test_values_are_whole_and_typed(store: Store) -> None:
    with store.write() as conn:
        write_run(conn, ID, name="=1+1", start_time=5, end_time=9)
        write_metric(conn, ID, "auc", 0.1 + 0.2)
        write_metric(conn, ID, "nan", 0.0, is_nan=True)
        write_metric(conn, ID, "inf", -mlflow.LARGEST_FLOAT)
        write_param(conn, ID, "lr", "1e-04")
        write_param(conn, ID, "note", "another key of the same name")
        write_tag(conn, ID, "note", LONG)
        write_run(conn, "b" * 32, status="RUNNING", start_time=3, end_time=None)
    refresh_projection(store)
    first, second = read_rows(store, make_state(), is_whole=True)
    assert math.isnan(first.pop("metrics.nan"))
    assert first == {
        "run_id": ID, "name": "=1+1", "experiment": "Default", "status": "FINISHED", "started_at": 5,
        "duration_ms": 4, "user_name": None, "family": None, "dataset_name": None,
        "metrics.auc": 0.1 + 0.2, "metrics.inf": -math.inf, "params.lr": "1e-04",
        "params.note": "another key of the same name", "tags.note": LONG,
    }  # fmt: skip
    assert list(first)[:5] == ["run_id", "name", "experiment", "status", "started_at"]
    assert {name for name, held in second.items() if held is not None} == {
        "run_id",
        "experiment",
        "status",
        "started_at",
    }


def test_all_columns_are_those_of_the_runs_that_match(store: Store) -> None:
    with store.write() as conn:
        for letter in "ab":
            write_run(conn, letter * 32, name=letter)
            write_param(conn, letter * 32, f"only_{letter}", "1")
    refresh_projection(store)
    (row,) = read_rows(store, make_state(q="a"), is_whole=True)
    assert [name for name in row if name.startswith("params.")] == ["params.only_a"]


def test_more_keys_than_a_file_takes_are_refused(store: Store) -> None:
    with store.write() as conn:
        write_run(conn, ID)
        for number in range(1_001):
            write_param(conn, ID, f"p{number}", "1")
    refresh_projection(store)
    with store.snapshot() as conn, pytest.raises(TooMuchError, match=r"1,000.*Filter to fewer runs"):
        ask(conn, make_state(), NOW, is_whole=True)


def test_an_accuracy_takes_its_company_along(store: Store) -> None:
    write_many_runs(store, 20)
    row = read_rows(store, make_state(column=["metrics.accuracy", "params.lr"]))[0]
    assert list(row)[5:] == [
        "metrics.accuracy", "metrics.accuracy_low", "metrics.accuracy_high", "metrics.prior_accuracy",
        "metrics.single_column_accuracy", "params.lr",
    ]  # fmt: skip


def test_groups_are_all_there_with_their_spread(store: Store) -> None:
    with store.write() as conn:
        conn.execute(delete(mlflow.runs))
        for number in range(210):  # the table shows 200
            run_id = f"{number:032x}"
            write_run(conn, run_id)
            write_param(conn, run_id, "seed", str(number % 209))
            write_metric(conn, run_id, "auc", number / 418)
    refresh_projection(store)
    rows = read_rows(store, make_state(group="params.seed", column="metrics.auc"))
    assert len(rows) == 209
    assert rows[0] == pytest.approx({
        "params.seed": "0", "runs": 2, "metrics.auc.runs": 2, "metrics.auc.mean": 0.25,
        "metrics.auc.deviation": math.sqrt(0.125), "metrics.auc.least": 0.0, "metrics.auc.greatest": 0.5,
    })  # fmt: skip


def test_groups_that_memory_would_not_hold_are_refused(store: Store) -> None:
    with store.write() as conn:
        write_run(conn, ID)
        for number in range(400):
            write_metric(conn, ID, f"m{number}", 1.0)
        for number in range(501):
            write_run(conn, f"{number:032x}", name=str(number))
    refresh_projection(store)
    with store.snapshot() as conn, pytest.raises(TooMuchError, match=r"502 groups.*takes 500"):
        ask(conn, make_state(group="name"), NOW, is_whole=True)


def test_what_is_asked_reaches_another_process_as_it_is(store: Store) -> None:
    write_many_runs(store, 20)
    state = make_state(
        q="é&=",
        filter="started > -7d",
        state="failed",
        sort="params.lr",
        column=["tags.a b", "metrics.accuracy"],
        pin="1",
    )
    with store.snapshot() as conn:
        asked = ask(conn, state, NOW, is_whole=False)
    assert read_asked(write_asked(asked)) == asked
