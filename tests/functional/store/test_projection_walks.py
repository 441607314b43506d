"""After any sequence of what MLflow and raw SQL can do, the refreshed projection is what a full rebuild makes."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from webapp.store.check import find_differences
from webapp.store.paging import count_runs
from webapp.store.projection import rebuild_projection, refresh_projection, select_rows
from webapp.store.session import Store, open_store
from webapp.store.tables import run as run_table

if TYPE_CHECKING:
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    from tests.builders.walks import Walk

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:sqlalchemy.exc.SADeprecationWarning")


@pytest.fixture
def walks() -> ModuleType:
    """The steps, imported here and not above, so that collecting tests need not wait for MLflow."""
    from tests.builders import walks  # noqa: PLC0415

    return walks


@pytest.fixture
def mlflow(store: Store, tmp_path: Path) -> Iterator[SqlAlchemyStore]:
    """MLflow's own store on the same database."""
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore  # noqa: PLC0415 - as above

    opened = SqlAlchemyStore(store.engine.url.render_as_string(hide_password=False), str(tmp_path))
    yield opened
    opened._dispose_engine()  # noqa: SLF001 - a pool left open would warn, or keep the database from being dropped


@pytest.fixture
def make_walk(walks: ModuleType, mlflow: SqlAlchemyStore, tmp_path: Path) -> Callable[[Store, int], Walk]:
    return lambda store, seed: walks.Walk(mlflow, store, str(tmp_path), Random(seed))  # noqa: S311 - repeatable, not secret


def read_rows(store: Store) -> tuple[int, list[dict[str, Any]]]:
    with store.read() as conn:
        columns = [run_table.c[column.name] for column in select_rows().selected_columns]
        rows = conn.execute(select(*columns).order_by(run_table.c.run_id)).mappings().all()
        return count_runs(conn), [dict(row) for row in rows]


def assert_rebuilt_the_same(store: Store, steps: list[str]) -> None:
    refresh_projection(store)
    total, rows = read_rows(store)
    assert total == len(rows), steps
    rebuild_projection(store)
    assert read_rows(store) == (total, rows), steps


@pytest.mark.parametrize("seed", range(3))
def test_a_random_walk_is_told_as_a_rebuild_tells_it(
    make_walk: Callable[[Store, int], Walk], store: Store, seed: int
) -> None:
    walk = make_walk(store, seed)
    for _ in range(8):
        walk.go(walk.random.randrange(1, 25))
        refresh_projection(store)
        with store.read() as conn:
            assert find_differences(conn) == (), walk.steps
    assert_rebuilt_the_same(store, walk.steps)
    taken = [step for step in walk.steps if "refused" not in step]
    assert len(taken) > 30, "most was refused, so little was tried"
    assert len(set(taken)) > 10, "the walk went in circles"


def test_a_deleted_experiment_takes_its_runs_along_and_brings_them_back(mlflow: SqlAlchemyStore, store: Store) -> None:
    experiment = mlflow.create_experiment("to and fro", "/nowhere")
    run_id = mlflow.create_run(experiment, "", 1, [], "a run").info.run_id

    def shown() -> list[str]:
        assert_rebuilt_the_same(store, [])
        return [row["run_id"] for row in read_rows(store)[1]]

    assert shown() == [run_id]
    mlflow.delete_experiment(experiment)
    assert shown() == []
    mlflow.restore_experiment(experiment)
    assert shown() == [run_id]


def test_walks_side_by_side_with_a_reader_who_refreshes(make_walk: Callable[[Store, int], Walk], store: Store) -> None:
    """What the database refuses for a lock or a deadlock is MLflow's to repeat; the reader is never refused."""
    url = store.engine.url.render_as_string(hide_password=False)
    is_over = threading.Event()
    failures: list[BaseException] = []
    said: Counter[str] = Counter()

    def wander(seed: int) -> None:
        own = open_store(url)
        walk = make_walk(own, seed)
        for _ in range(30):
            try:
                walk.go(1)
            except OperationalError as error:
                said[str(error.orig)[:40]] += 1
        own.close()

    def read() -> None:
        own = open_store(url)
        while not is_over.wait(0.01):
            refresh_projection(own)
        own.close()

    def guarded(work: Any, *arguments: int) -> None:
        try:
            work(*arguments)
        except BaseException as error:  # noqa: BLE001  a thread's error would be lost
            failures.append(error)

    writers = [threading.Thread(target=guarded, args=(wander, seed)) for seed in range(100, 103)]
    reader = threading.Thread(target=guarded, args=(read,))
    for thread in (*writers, reader):
        thread.start()
    for thread in writers:
        thread.join()
    is_over.set()
    reader.join()
    assert failures == []
    assert said.total() < 45, said
    assert_rebuilt_the_same(store, [])
    with store.read() as conn:
        assert conn.execute(text("SELECT count(*) FROM runs")).scalar()
