"""A page in any order is a walk along an index, ties by the run's number, runs without a value last."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text

from tests.builders.many_runs import write_many_runs
from webapp.store.columns import RunColumn, read_column
from webapp.store.paging import Bookmark, find_bookmark, read_run_page
from webapp.store.session import Store
from webapp.store.tables import RUN_SORTS, key, run, value
from webapp.store.values import Kind, read_number

ATTRIBUTES: dict[str, tuple[Any, Any]] = {
    "name": ("a", "b"),
    "status": ("RUNNING", "FAILED"),
    "started_at": (3, 1),
    "duration": (20, 5),
    "user_name": ("ada", "bob"),
    "family": ("prior", "single_column"),
    "dataset_name": ("one", "two"),
    "experiment_id": (0, 7),
}
COLUMNS = [*RUN_SORTS, "metrics.accuracy", "params.depth", "tags.team"]
ORDERS = list(product(COLUMNS, [True, False]))


def fill(store: Store, name: str) -> list[tuple[Any, int]]:
    """Write ten runs: four of one value, three of another, three of none; of params and tags some are numbers."""
    column = read_column(name)
    if column.kind is None:
        first, second = ATTRIBUTES[name]
        values = [first, None, second, first, second, None, first, second, None, first]
        rows = [{"run_id": f"{number:032x}", name: value} for number, value in enumerate(values)]
        with store.write() as conn:
            for row in rows:
                conn.execute(insert(run).values(row))
            numbers = conn.execute(select(run.c.number).order_by(run.c.run_id)).scalars().all()
        return list(zip(values, numbers, strict=True))
    return fill_key(store, column)


def fill_key(store: Store, column: RunColumn) -> list[tuple[Any, int]]:
    texts = ["10", None, "9.5", "10", "9.5", None, "10", "9.5", None, "10"]
    if column.kind is not Kind.METRIC:
        texts[3:6] = ["b", "a", "a"]
    with store.write() as conn:
        for place in range(len(texts)):
            conn.execute(insert(run).values(run_id=f"{place:032x}"))
        numbers: Sequence[int] = conn.execute(select(run.c.number).order_by(run.c.run_id)).scalars().all()
        conn.execute(insert(key).values(id=5, kind=str(column.kind), name=column.name))
        for number, content in zip(numbers, texts, strict=True):
            shown = None if column.kind is Kind.METRIC else content
            if content is not None or column.kind is Kind.METRIC:  # a metric without a number is NaN
                row = {"run_number": number, "key_id": 5, "number": read_number(content or ""), "text": shown}
                conn.execute(insert(value).values(row))
    read = [None if content is None else read_number(content) or content for content in texts]
    return list(zip(read, numbers, strict=True))


def in_order(rows: list[tuple[Any, int]], *, is_descending: bool) -> list[int]:
    """The numbers of the runs as a page must have them: with a number, with a text, with neither."""
    texts = [row for row in rows if isinstance(row[0], str)]
    missing = [row for row in rows if row[0] is None]
    numbers = [row for row in rows if row not in texts + missing]
    walks = (sorted(numbers), sorted(texts), sorted(missing, key=lambda row: row[1]))
    return [number for walk in walks for _value, number in (reversed(walk) if is_descending else walk)]


@pytest.mark.parametrize(("name", "is_descending"), ORDERS)
def test_pages_follow_each_other_without_a_gap(store: Store, name: str, is_descending: bool) -> None:  # noqa: FBT001
    rows, column = fill(store, name), read_column(name)
    found: list[int] = []
    after = None
    with store.read() as conn:
        while page := read_run_page(conn, column, is_descending=is_descending, size=3, after=after):
            found += [row.number for row in page]
            after = find_bookmark(conn, column, page[-1].run_id)
    assert found == in_order(rows, is_descending=is_descending)


def test_a_condition_narrows_every_walk(store: Store) -> None:
    fill(store, "params.depth")
    column = read_column("params.depth")
    with store.read() as conn:
        page = read_run_page(conn, column, is_descending=True, size=9, where=[run.c.run_id >= f"{4:032x}"])
    assert [int(row.run_id, 16) for row in page] == [9, 6, 7, 5, 4, 8]


def test_a_key_that_no_run_has_orders_nothing(store: Store) -> None:
    fill(store, "name")
    with store.read() as conn:
        page = read_run_page(conn, read_column("metrics.nobody"), is_descending=True, size=4)
    assert [int(row.run_id, 16) for row in page] == [9, 8, 7, 6]


def test_a_run_that_is_gone_has_no_place(store: Store) -> None:
    with store.read() as conn:
        assert find_bookmark(conn, read_column("name"), "f" * 32) is None
        assert find_bookmark(conn, read_column("metrics.accuracy"), "f" * 32) is None


@pytest.mark.parametrize(
    "name", ["dataset_sha256", "number", "metrics.", "metric.x", "params." + "x" * 251, "tags.\0", ""]
)
def test_what_is_no_column_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="runs have no column"):
        read_column(name)


# PostgreSQL's planner rightly scans a table this small.
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_no_page_scans_or_sorts(store: Store) -> None:
    write_many_runs(store, 1_000)
    with store.write() as conn:
        conn.execute(text("ANALYZE"))
    for name, is_descending in ORDERS:
        steps = plan_pages(store, read_column(name), is_descending=is_descending)
        assert not [step for step in steps if "SCAN" in step or "TEMP B-TREE" in step], (name, is_descending, steps)


def plan_pages(store: Store, column: RunColumn, *, is_descending: bool) -> list[str]:
    """Say how SQLite reads the first page, one from the middle, and one from among the runs without a value."""
    asked: list[tuple[str, tuple[object, ...]]] = []

    def note(_conn: object, _cursor: object, statement: str, parameters: tuple[object, ...], *_: object) -> None:
        asked.append((statement, parameters))

    event.listen(store.engine, "before_cursor_execute", note)
    with store.read() as conn:
        first = read_run_page(conn, column, is_descending=is_descending, size=25)
        middle = find_bookmark(conn, column, first[-1].run_id)
        read_run_page(conn, column, is_descending=is_descending, size=25, after=middle)
        read_run_page(conn, column, is_descending=is_descending, size=25, after=Bookmark(None, 500))
        event.remove(store.engine, "before_cursor_execute", note)
        queries = [(statement, values) for statement, values in asked if statement.startswith("SELECT")]
        return [
            step[3]
            for query, values in queries
            for step in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values)
            # no run of these has a dataset: then the runs in the order of their numbers are the page
            if (column.name, step[3]) != ("dataset_name", "SCAN proctor_run")
        ]
