"""Whichever way a filtered page is read, it has the runs that plain walking and asking finds, in the same order.

Which way is chosen by how many match: none, few, fewer than half, or most; and by where in the order they lie.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from sqlalchemy import Connection, event

from tests.builders.filters import NOW, make_runs, write_known_runs
from tests.builders.many_runs import write_many_runs
from tests.builders.postgresql import PostgresqlCluster
from tests.builders.sqlite_folder import SqliteFolder
from tests.builders.stores import write_experiment
from webapp.runs.language.where import read_where
from webapp.runs.queries import Filters, Order, find_runs, make_conditions
from webapp.store.columns import read_column
from webapp.store.paging import read_run_page
from webapp.store.projection import refresh_projection
from webapp.store.session import Store, open_store

FILTERS = (
    "metrics.a > 1", "metrics.a > 1e308", "metrics.lr < 1 and metrics.lr > -2000", "metrics.lr != 0.1",
    "params.a = '56'", "params.a = 'forest'", "params.a in ('56', 'forest')", "params.a in ('forest', 'Forest')",
    "params.lr is not null and tags.a is null", "not params.lr = 'forest'", "params.nobody = 1",
    "status = 'FAILED'", "status = 'FAILED' and family = 'tree'", "started > -7d and metrics.a < 100",
    "status != 'FAILED' and metrics.lr >= 0", "status = 'FAILED' or metrics.a > 50 or params.a = '-0'",
    "(status = 'FAILED' or metrics.lr > 0) and not (metrics.a < 0 and params.a ~ 'o')",
    "dataset.name = 'students'", "metrics.lr >= 0 and metrics.a <= 0 and tags.lr = 56 and not metrics.lr = 1",
)  # fmt: skip
ORDERS = (
    "started_at", "-started_at", "-status", "family", "metrics.a", "metrics.lr", "-metrics.lr", "params.a",
    "-params.a", "metrics.nobody",
)  # fmt: skip


@pytest.fixture(scope="module")
def filled(backend: SqliteFolder | PostgresqlCluster, template_url: str) -> Iterator[Store]:
    """A store with known runs, which no test changes."""
    url = backend.copy(template_url)
    store = open_store(url)
    with store.write() as conn:
        write_experiment(conn)
        write_known_runs(conn, make_runs(100, Random(2)))  # noqa: S311 (data, not secrets)
    refresh_projection(store)
    yield store
    store.close()
    backend.drop(url)


def follow(conn: Connection, filters: Filters, order: Order) -> tuple[list[str], int]:
    """Read page after page, and what they say how many match."""
    found: list[str] = []
    while True:
        page = find_runs(conn, filters, order, limit=5)
        found += [row.run_id for row in page.rows]
        if page.next is None:
            return found, page.matching
        order = Order(order.by, order.descending, page.next)


def read_order(text: str) -> Order:
    return Order(text.removeprefix("-"), text.startswith("-"))


def walk(conn: Connection, filters: Filters, order: Order) -> list[str]:
    """Find the runs by asking each on the way."""
    where = make_conditions(conn, filters)
    column = read_column(order.by)
    rows = read_run_page(conn, column, is_descending=order.descending, size=1_000, where=where)
    return [row.run_id for row in rows]


@pytest.mark.parametrize("order", ORDERS)
def test_pages_have_what_walking_finds(filled: Store, order: str) -> None:
    with filled.read() as conn:
        for text in FILTERS:
            filters = Filters(where=read_where(text, NOW))
            expected = walk(conn, filters, read_order(order))
            assert follow(conn, filters, read_order(order)) == (expected, len(expected)), text


def test_family_state_and_text_are_asked_beside_the_filter(filled: Store) -> None:
    filters = Filters(text="a", family="tree", state="FAILED", where=read_where("metrics.a < 1e9", NOW))
    with filled.read() as conn:
        expected = walk(conn, filters, Order("name"))
        assert follow(conn, filters, Order("name")) == (expected, len(expected))


_LARGE = {"%": "98000 1001 1", "%started_at_number": "98000 1 1", "%name_number": "98000 1 1", "%auto%": "98000 1"}
"""What ANALYZE says of the indexes of 98,000 runs, of which it looks at 1,001 of one value."""


@pytest.fixture(scope="module")
def many(backend: SqliteFolder | PostgresqlCluster, template_url: str) -> Iterator[Store]:
    """A store of a thousand runs of eight families and a hundred teams, with the statistics of a hundred thousand."""
    url = backend.copy(template_url)
    store = open_store(url)
    write_many_runs(store, 1_000)
    with store.write() as conn:
        for indexes, statistics in _LARGE.items():
            conn.exec_driver_sql(
                f"UPDATE sqlite_stat1 SET stat = '{statistics}' WHERE tbl = 'proctor_run' AND idx LIKE '{indexes}'"  # noqa: S608 (ours)
            )
    yield store
    store.close()
    backend.drop(url)


def plan(store: Store, text: str, order: str) -> list[tuple[str, str]]:
    """Say how SQLite finds a page for the first time: each statement with each step of it."""
    asked: list[tuple[str, tuple[object, ...]]] = []

    def note(_conn: object, _cursor: object, statement: str, parameters: tuple[object, ...], *_: object) -> None:
        asked.append((statement, parameters))

    fresh = open_store(store.engine.url.render_as_string())  # which remembers no count, and reads the statistics
    event.listen(fresh.engine, "before_cursor_execute", note)
    with fresh.read() as conn:
        find_runs(conn, Filters(where=read_where(text, NOW)), read_order(order))
        event.remove(fresh.engine, "before_cursor_execute", note)
        steps = [
            (statement, step[3])
            for statement, values in asked
            if "proctor_run" in statement or "proctor_value" in statement
            for step in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
    fresh.close()
    return steps


# What PostgreSQL chooses for a table this small says nothing of a large one.
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("order", ["-started_at", "name", "-params.seed", "tags.team"])
def test_where_many_match_nothing_is_scanned_or_sorted(many: Store, order: str) -> None:
    for text in (
        "family = 'rf'", "params.family = 'rf'", "metrics.accuracy > 0.1", "status = 'FINISHED'",
        "not params.family = 'rf'",
        "params.family in ('rf', 'svm') and status = 'FINISHED'", "params.family = 'rf' or params.family = 'svm'",
    ):  # fmt: skip
        steps = [step for statement, step in plan(many, text, order) if "run_id" in statement]
        assert steps
        assert [step for step in steps if "SCAN" in step or "TEMP B-TREE" in step] == [], text


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("order", ["-started_at", "-metrics.accuracy", "tags.team"])
def test_where_few_match_nothing_is_scanned(many: Store, order: str) -> None:
    for text in (
        "tags.team = 56",
        'tags.team = "56"',
        'experiment = "wine"',
        "metrics.accuracy > 0.99",
        "family = 'rf' and tags.team = 5",
    ):
        steps = [step for _statement, step in plan(many, text, order)]
        assert steps
        assert [step for step in steps if "SCAN proctor" in step or "SCAN found" in step] == [], text


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("text", ["params.family = 'rf'", "metrics.log_loss < 1.2", "tags.team = 56", "family = 'rf'"])
def test_one_comparison_is_counted_in_an_index_alone(many: Store, text: str) -> None:
    steps = [step for statement, step in plan(many, text, "name") if "count(" in statement]
    assert len(steps) == 1
    assert "USING COVERING INDEX" in steps[0]
