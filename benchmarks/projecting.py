"""What the projection costs: made anew, brought up to date, paid for by whoever logs, and counted under a filter."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

from benchmarks.asking import Client, Question
from tests.builders.many_runs import FAMILIES
from tests.builders.stores import environment
from webapp.runs.queries import Filters, Order, find_runs
from webapp.store.projection import rebuild_projection
from webapp.store.session import open_store
from webapp.store.triggers import remove_triggers

PATIENCE = 10.0
BATCH = (40, 20, 15)
"""Metrics, params and tags of the run that is logged."""

# Both in a process of their own, as those who log are. The first logs a run for each line that it is sent.
_LOG_ON_DEMAND = """
import sys, time
from mlflow import MlflowClient
client = MlflowClient(tracking_uri=sys.argv[1], registry_uri=sys.argv[1])
experiment = client.search_experiments()[0].experiment_id
for _line in sys.stdin:
    run_id = client.create_run(experiment).info.run_id
    print(run_id, time.time(), flush=True)
"""
_LOG_IN_TURNS = """
import json, sys, time
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag
metrics, params, tags, rounds = map(int, sys.argv[1:5])
clients = [MlflowClient(tracking_uri=url, registry_uri=url) for url in sys.argv[5:]]
times = [[] for _client in clients]
for turn in range(-3, rounds):
    places = range(len(clients)) if turn % 2 else reversed(range(len(clients)))
    for place in places:
        client = clients[place]
        run_id = client.create_run(client.search_experiments()[0].experiment_id).info.run_id
        began = time.perf_counter()
        client.log_batch(
            run_id,
            metrics=[Metric(f"metric_{i}", i / 7, 1_700_000_000_000, 0) for i in range(metrics)],
            params=[Param(f"param_{i}", f"value {i}") for i in range(params)],
            tags=[RunTag(f"tag_{i}", f"value {i}") for i in range(tags)],
        )
        if turn >= 0:
            times[place].append((time.perf_counter() - began) * 1000)
print(json.dumps(times))
"""


@dataclass(frozen=True)
class Logging:
    """Milliseconds that a batch takes in the middle: with our triggers, and in a store without them."""

    watched: float
    unwatched: float


@dataclass(frozen=True)
class Counting:
    """Milliseconds that a filtered page with its exact total takes in the middle: at first, and asked again."""

    first: float
    again: float


def time_rebuild(url: str, times: int = 3) -> float:
    """Seconds in which every row is written anew."""
    store = open_store(url)
    found = []
    for _time in range(times):
        began = time.perf_counter()
        rebuild_projection(store)
        found.append(time.perf_counter() - began)
    store.close()
    return statistics.median(found)


def time_until_visible(url: str, client: Client, times: int) -> list[float]:
    """Milliseconds from the moment at which MLflow's client has logged a run until our API has answered with it."""
    pipe = subprocess.PIPE
    logger = subprocess.Popen(
        [sys.executable, "-c", _LOG_ON_DEMAND, url], env=environment(url), stdin=pipe, stdout=pipe, text=True
    )
    assert logger.stdin is not None
    assert logger.stdout is not None
    with logger:
        found = []
        for _time in range(times):
            logger.stdin.write("\n")
            logger.stdin.flush()
            run_id, logged_at = logger.stdout.readline().split()
            found.append((_wait_for(client, run_id) - float(logged_at)) * 1000)
        logger.stdin.close()
    return found


def _wait_for(client: Client, run_id: str) -> float:
    deadline = time.time() + PATIENCE
    while time.time() < deadline:
        if client.ask(Question(f"/api/v1/runs/{run_id}")).status == 200:  # noqa: PLR2004
            return time.time()
        time.sleep(0.002)
    raise SystemExit(f"run {run_id} was logged and did not show within {PATIENCE:.0f} s")


def time_logging(watched: str, unwatched: str, rounds: int) -> Logging:
    """Log batches in turns into two stores that differ by our triggers alone, which the second is to lose here."""
    store = open_store(unwatched)
    with store.write() as conn:
        remove_triggers(conn)
    store.close()
    done = subprocess.run(
        [sys.executable, "-c", _LOG_IN_TURNS, *map(str, (*BATCH, rounds)), watched, unwatched],
        env=environment(watched), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr)
    return Logging(*(statistics.median(times) for times in json.loads(done.stdout)))


def time_counts(url: str) -> Counting:
    """Find the first page and the total of every family, each twice, in a process that has not asked before."""
    store = open_store(url)
    found: tuple[list[float], list[float]] = ([], [])
    with store.read() as conn:
        find_runs(conn, Filters(state="FINISHED"), Order())  # connects, and compiles the statements
    for times in found:
        for family in FAMILIES:
            with store.read() as conn:
                began = time.perf_counter()
                find_runs(conn, Filters(family=family), Order())
                times.append((time.perf_counter() - began) * 1000)
    store.close()
    return Counting(*(statistics.median(times) for times in found))
