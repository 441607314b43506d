"""`kill -9` of the web process while eight clients ask: whatever was acknowledged is in the log, whole.

The promise is thirty times; a quick run kills four times, `KILLS=100` thirty-three times.
"""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path

import pytest
from sqlalchemy import select

from ml.serve.export import export_model
from ml.train import FAMILIES, fit_family
from tests.builders.jobs import wait_until
from tests.builders.runs import make_evaluation, write_alias, write_trained_run, write_version
from tests.builders.servers import Server, serve
from tests.builders.stores import write_experiment
from tests.builders.tables import student_spec, student_table
from webapp.predictions.queries import find_request
from webapp.store.session import Store, open_store
from webapp.store.tables import prediction_request

pytestmark = pytest.mark.faults

KILLS = int(os.environ.get("KILLS", "12"))
CLIENTS = 8
SPEC = student_spec()
ROWS = [{column.name: column.categories[place] for column in SPEC.features} for place in (0, -1)]


@pytest.fixture
def store(store_url: str, tmp_path: Path) -> Iterator[Store]:
    """A store with a champion whose file lies where `serve` looks for it."""
    content = export_model(fit_family(FAMILIES["logistic_regression"], student_table().table, SPEC, 0), SPEC)
    store = open_store(store_url)
    with store.write() as conn:
        write_experiment(conn)
        folder = write_trained_run(conn, tmp_path / "models", "a" * 32, make_evaluation())
        write_version(conn, 1, "a" * 32, content, folder)
        write_alias(conn, "champion", 1)
    yield store
    store.close()


def test_what_was_acknowledged_is_in_the_log(store: Store, tmp_path: Path) -> None:
    acknowledged: dict[str, list[dict[str, object]]] = {}
    for kill in range(max(1, KILLS // 3)):
        with serve(tmp_path, embedded_worker="no", first_training="no") as server:
            ask_until_it_is_killed(server, acknowledged, random.Random(kill).uniform(0.0, 1.0))  # noqa: S311
    with store.read() as conn:
        missing = [request_id for request_id, given in acknowledged.items() if not is_kept(conn, request_id, given)]
        kept = conn.scalars(select(prediction_request.c.id)).all()
    assert missing == []
    assert len(kept) <= len(acknowledged) + CLIENTS * max(1, KILLS // 3), "logged more than was asked"


def is_kept(conn: object, request_id: str, given: list[dict[str, object]]) -> bool:
    found = find_request(conn, request_id)  # type: ignore[arg-type]
    return bool(found) and [row.answer for row in found.rows] == [row["class"] for row in given]  # type: ignore[union-attr]


def ask_until_it_is_killed(server: Server, acknowledged: dict[str, list[dict[str, object]]], seconds: float) -> None:
    """Have clients ask one request after another, and kill the server under them once it answers."""
    before = len(acknowledged)
    clients = [threading.Thread(target=ask, args=(server.url, acknowledged)) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    wait_until(lambda: len(acknowledged) > before, 30)  # the first request loads the model
    time.sleep(seconds)
    os.kill(server.process.pid, signal.SIGKILL)
    for client in clients:
        client.join(30)


def ask(url: str, acknowledged: dict[str, list[dict[str, object]]]) -> None:
    """Ask until nobody answers; only a whole answer counts as one."""
    body = json.dumps({"rows": ROWS}).encode()
    while True:
        request = urllib.request.Request(  # noqa: S310 - ours, by http
            f"{url}/api/v1/predictions", body, {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                found = json.loads(answer.read())
        except (OSError, HTTPException, ValueError):
            return
        acknowledged[found["request_id"]] = found["predictions"]
