"""A page in any order is a walk along an index, ties by run id, rows without a value last."""

from __future__ import annotations

from itertools import product

import pytest
from sqlalchemy import event, insert, text

from webapp.store.paging import Bookmark, read_run_page
from webapp.store.session import Store
from webapp.store.tables import RUN_SORTS, run

VALUES = {
    "name": "ab",
    "status": ("RUNNING", "FAILED"),
    "started_at": (3, 1),
    "duration": (20, 5),
    "user_name": ("ada", "bob"),
    "family": ("prior", "single_column"),
    "dataset_name": ("one", "two"),
    "accuracy": (0.5, 0.1),
    "macro_f1": (0.5, 0.25),
    "qwk": (-0.5, 0.25),
    "log_loss": (1.5, 0.5),
}


def fill(store: Store, sort: str) -> list[tuple[object, str]]:
    """Write ten runs: four of one value, three of another, three of none."""
    first, second = VALUES[sort]
    values = [first, None, second, first, second, None, first, second, None, first]
    rows = [{"run_id": f"{number:032x}", sort: value} for number, value in enumerate(values)]
    with store.write() as conn:
        for row in rows:
            conn.execute(insert(run).values(row))
    return [(row[sort], str(row["run_id"])) for row in rows]


@pytest.mark.parametrize(("sort", "is_descending"), list(product(RUN_SORTS, [True, False])))
def test_pages_follow_each_other_without_a_gap(store: Store, sort: str, is_descending: bool) -> None:  # noqa: FBT001
    rows = fill(store, sort)
    valued = sorted((row for row in rows if row[0] is not None), reverse=is_descending)  # type: ignore[type-var]
    missing = sorted((row for row in rows if row[0] is None), reverse=is_descending, key=lambda row: row[1])
    found: list[tuple[object, str]] = []
    after = None
    with store.read() as conn:
        while page := read_run_page(conn, sort, is_descending=is_descending, size=3, after=after):
            found += [(row._mapping[sort], row.run_id) for row in page]  # noqa: SLF001  SQLAlchemy's public name
            after = Bookmark(page[-1]._mapping[sort], page[-1].run_id)  # noqa: SLF001
    assert found == valued + missing


def test_a_condition_narrows_every_walk(store: Store) -> None:
    fill(store, "accuracy")
    with store.read() as conn:
        page = read_run_page(conn, "accuracy", is_descending=True, size=9, where=[run.c.run_id > f"{5:032x}"])
    assert [row.accuracy for row in page] == [0.5, 0.5, 0.1, None]


def test_a_column_without_an_index_is_refused(store: Store) -> None:
    with store.read() as conn, pytest.raises(ValueError, match="cannot be sorted by 'dataset_sha256'"):
        read_run_page(conn, "dataset_sha256", is_descending=False, size=1)


# PostgreSQL's planner rightly scans a table this small.
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("sort", "is_descending"), list(product(RUN_SORTS, [True, False])))
def test_no_page_scans_or_sorts(store: Store, sort: str, is_descending: bool) -> None:  # noqa: FBT001
    rows = fill(store, sort)
    with store.write() as conn:
        conn.execute(text("ANALYZE"))
    asked: list[tuple[str, tuple[object, ...]]] = []

    def note(_conn: object, _cursor: object, statement: str, parameters: tuple[object, ...], *_: object) -> None:
        asked.append((statement, parameters))

    event.listen(store.engine, "before_cursor_execute", note)
    with store.read() as conn:
        for after in (None, Bookmark(*rows[3]), Bookmark(*rows[1])):
            read_run_page(conn, sort, is_descending=is_descending, size=25, after=after)
        event.remove(store.engine, "before_cursor_execute", note)
        queries = [(statement, values) for statement, values in asked if statement.startswith("SELECT")]
        plans = [conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values).all() for query, values in queries]
    assert len(plans) == 5
    for (step,) in plans:
        assert step[3].startswith(f"SEARCH proctor_run USING INDEX ix_proctor_run_{sort}_run_id"), step
