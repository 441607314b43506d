"""A large experiment told from the ends of the indexes says what all of its numbers say, on both databases."""

from __future__ import annotations

import random
from itertools import pairwise, product
from math import isnan

import pytest
from sqlalchemy import Connection, insert

from ml.charts.experiments.values import Axis
from tests.builders.stores import write_metric, write_run
from webapp.experiments.days import find_span
from webapp.experiments.ends import Glance, Scored, climb, find_few_on_front, sample_runs
from webapp.experiments.series import find_best, find_pareto
from webapp.store import mlflow_tables as mlflow
from webapp.store.columns import RunColumn
from webapp.store.mlflow_tables import LARGEST_FLOAT
from webapp.store.paging import find_key
from webapp.store.projection import refresh_projection
from webapp.store.session import Store
from webapp.store.tables import run
from webapp.store.values import Kind

DAY = 86_400_000
RUNS = 400
ACCURACY, LOSS = Axis("accuracy", "Accuracy", is_lower_better=False), Axis("loss", "Loss", is_lower_better=True)
GAIN, COST = Axis("gain", "Gain", is_lower_better=False), Axis("cost", "Cost", is_lower_better=True)
ODD = (None, None, float("nan"), LARGEST_FLOAT, -LARGEST_FLOAT)


def scored(conn: Connection, axis: Axis) -> Scored:
    key_id = find_key(conn, RunColumn(Kind.METRIC, axis.metric))
    assert key_id is not None
    return Scored(axis, key_id)


@pytest.fixture
def mixed(store: Store) -> Store:
    """Runs of two experiments in turns: few different numbers, so that many are equal, and now and then an odd one."""
    dice = random.Random(7)  # noqa: S311 - no secret
    with store.write() as conn:
        other = {"experiment_id": 2, "name": "other", "lifecycle_stage": "active", "artifact_location": "/x"}
        conn.execute(insert(mlflow.experiments).values(other))
        metrics = []
        for place in range(RUNS):
            run_id, day = f"{dice.getrandbits(128):032x}", dice.randrange(9 * DAY)
            start = dice.choice([None, -5, day, day, 10**15]) if place % 3 else 7
            write_run(conn, run_id, start_time=start, experiment_id=2 if place % 3 == 1 else 0, end_time=None)
            for axis in (ACCURACY, LOSS, GAIN, COST):
                is_odd = axis is not GAIN and dice.random() < 0.1
                number = dice.choice(ODD) if is_odd else dice.randrange(40) / 8
                row = {"run_uuid": run_id, "key": axis.metric, "step": 0, "timestamp": 0}
                if number is not None:
                    metrics.append(row | {"is_nan": isnan(number), "value": 0.0 if isnan(number) else number})
        conn.execute(insert(mlflow.latest_metrics), metrics)
    refresh_projection(store)
    return store


def test_the_best_so_far_is_the_same_from_the_ends_and_from_all(mixed: Store) -> None:
    with mixed.read() as conn:
        for experiment_id, axis in product((0, 2), (ACCURACY, LOSS, GAIN, COST)):
            span = find_span(conn, experiment_id)
            glance = Glance(sample_runs(conn, experiment_id, span.runs), first=8)  # a sample of so few is all of them
            assert experiment_id or climb(conn, experiment_id, scored(conn, axis), span.runs, first=8)
            assert find_best(conn, experiment_id, axis, span, glance) == find_best(conn, experiment_id, axis, span)


def test_the_front_is_the_same_from_the_ends_and_from_all(mixed: Store) -> None:
    with mixed.read() as conn:
        for experiment_id, x, y in product((0, 2), (LOSS, ACCURACY), (GAIN, COST)):
            span = find_span(conn, experiment_id)
            glance = Glance(sample_runs(conn, experiment_id, span.runs), first=8)
            few, everything = (find_pareto(conn, experiment_id, (x, y), span, way) for way in (glance, None))
            assert few is not None
            assert everything is not None
            assert few.is_sample
            assert (sorted(few.members), few.counts) == (sorted(everything.members), everything.counts)
            assert set(few.others) == set(everything.others)


def test_where_every_run_is_better_than_the_one_before_there_is_no_short_way(store: Store) -> None:
    with store.write() as conn:
        for place in range(40):
            write_run(conn, f"{place:032x}", start_time=place)
            write_metric(conn, f"{place:032x}", "gain", place)
            write_metric(conn, f"{place:032x}", "cost", place)
    refresh_projection(store)
    with store.read() as conn:
        gain, cost = scored(conn, GAIN), scored(conn, COST)
        assert climb(conn, 0, gain, 40, first=2) is None
        assert find_few_on_front(conn, 0, gain, cost, 40, first=2) is None


def test_a_sample_is_spread_evenly_over_the_runs(store: Store) -> None:
    with store.write() as conn:
        rows = [{"run_id": f"{place:032x}", "number": place + 1, "experiment_id": 0} for place in range(2_000)]
        conn.execute(insert(run), rows)
    with store.read() as conn:
        picked = sorted(sample_runs(conn, 0, 2_000, most=100))
    assert abs(len(picked) - 100) <= 1
    assert {later - earlier for earlier, later in pairwise(picked)} <= {13, 21, 34}
