"""The runs that the builder writes by the thousand are what MLflow and Proctor take them for."""

from __future__ import annotations

import json
import sys

from sqlalchemy import update

from tests.builders.many_runs import EXPERIMENTS, write_many_runs
from tests.builders.stores import environment, run
from webapp.runs.queries import Filters, Order, find_runs
from webapp.store import mlflow_tables as mlflow
from webapp.store.projection import refresh_projection
from webapp.store.session import Store

COUNT = 300

# In a process of its own, as a stranger would: python -c … URL RUN_ID
_READ_RUNS = """
import json, sys
from mlflow import MlflowClient
from mlflow.entities import ViewType
url, run_id = sys.argv[1:]
client = MlflowClient(tracking_uri=url, registry_uri=url)
experiments = [experiment.experiment_id for experiment in client.search_experiments()]
runs = client.search_runs(experiments, run_view_type=ViewType.ALL, max_results=1000)
print(json.dumps({
    "experiments": len(experiments),
    "ids": [run.info.run_id for run in runs],
    "starts": {run.info.run_id: run.info.start_time for run in runs},
    "lengths": sorted({(len(run.data.params), len(run.data.metrics), len(run.data.tags)) for run in runs}),
    "last": client.get_run(run_id).data.metrics["accuracy"],
    "history": [(point.step, point.value) for point in client.get_metric_history(run_id, "accuracy")],
}))
"""


def test_mlflow_reads_back_every_run(store: Store, url: str) -> None:
    """In the order that the builder says, with all that a run has."""
    written = write_many_runs(store, COUNT, steps=3)

    done = run([sys.executable, "-c", _READ_RUNS, url, written[0]], environment(url))

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["experiments"] == len(EXPERIMENTS)
    assert set(found["ids"]) == set(written)
    starts = [found["starts"][run_id] for run_id in written]
    assert starts == sorted(starts, reverse=True)
    assert found["lengths"] == [[10, 7, 8], [10, 8, 8]]
    assert [step for step, _value in found["history"]] == [0, 1, 2]
    assert found["history"][-1][1] == found["last"]


def test_the_history_shows_them_and_has_its_triggers_back(store: Store) -> None:
    """All but the deleted, and a tag that is changed afterwards is noted again."""
    written = write_many_runs(store, COUNT)

    with store.read() as conn:
        page = find_runs(conn, Filters(), Order(), limit=COUNT)
    assert 0.9 * COUNT < page.total < COUNT
    assert {row.run_id for row in page.rows} < set(written)
    with store.write() as conn:
        of_one = mlflow.tags.c.run_uuid == page.rows[0].run_id
        conn.execute(update(mlflow.tags).where(of_one, mlflow.tags.c.key == "note").values(value="seen"))
    assert refresh_projection(store) > 0


def test_another_seed_writes_others_beside_them(store: Store) -> None:
    """So that a store can grow."""
    assert not set(write_many_runs(store, 20, seed=1)) & set(write_many_runs(store, 20, seed=2))
    with store.read() as conn:
        assert find_runs(conn, Filters(), Order()).total > 20
