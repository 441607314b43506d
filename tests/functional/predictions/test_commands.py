"""`flask --app wsgi predictions …`, and the worker that purges by itself."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from tests.builders.jobs import wait_until
from tests.builders.predictions import write_request
from webapp.clock import now_ms
from webapp.jobs.worker import make_worker
from webapp.predictions.actions import DAY
from webapp.store.tables import event, prediction

if TYPE_CHECKING:
    from click.testing import Result
    from flask import Flask

    from ml.settings import Settings
    from webapp.store.session import Store


def run(app: Flask, *arguments: str, typed: str = "") -> Result:
    return app.test_cli_runner().invoke(args=["predictions", *arguments], input=typed)


def count_rows(store: Store) -> int:
    with store.read() as conn:
        return conn.execute(select(func.count()).select_from(prediction)).scalar_one()


def list_events(store: Store) -> list[tuple[str, str]]:
    with store.read() as conn:
        return [(row.user_name, row.action) for row in conn.execute(select(event).order_by(event.c.id))]


def test_a_request_is_exported(app: Flask, store: Store) -> None:
    made = write_request(store, rows=2)
    done = run(app, "export", "--request-id", made.id)
    assert json.loads(done.stdout)["predictions"][1] == {
        "row": 2,
        "inputs": {"colour": "red", "age": 3.5, "height": None},
        "class": "low",
        "probabilities": {"low": 0.75, "high": 0.25},
        "set": ["low"],
        "truth": None,
    }
    assert list_events(store) == [("(command line)", "prediction_exported")]


def test_a_request_is_erased_once_somebody_says_yes(app: Flask, store: Store) -> None:
    made = write_request(store, rows=2)
    assert run(app, "erase", "--request-id", made.id, typed="n\n").exit_code == 1
    assert count_rows(store) == 2
    assert run(app, "erase", "--request-id", made.id, typed="y\n").exit_code == 0
    assert count_rows(store) == 0
    again = run(app, "erase", "--request-id", made.id, "--yes")
    assert (again.exit_code, "no such request" in again.stderr) == (1, True)


def test_what_is_no_id_is_a_wrong_use(app: Flask) -> None:
    assert run(app, "export", "--request-id", "x").exit_code == 2


def test_a_purge_deletes_what_is_older(app: Flask, store: Store) -> None:
    now = now_ms()
    for days in (1, 89, 91, 400):
        write_request(store, now - days * DAY)
    assert run(app, "purge").stdout == "Deleted 2 rows older than 90 days.\n"
    assert run(app, "purge", "--days", "30").stdout == "Deleted 1 rows older than 30 days.\n"
    assert count_rows(store) == 1
    assert list_events(store) == [("(command line)", "predictions_purged")] * 2


def test_the_worker_purges_when_it_starts(settings: Settings, store: Store) -> None:
    for days in (1, 8):
        write_request(store, now_ms() - days * DAY)
    stopping = threading.Event()
    worker = make_worker(replace(settings, prediction_days=7), "tests.builders.fake_work", stopping)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        wait_until(lambda: count_rows(store) == 1, 10)
    finally:
        stopping.set()
        thread.join()
