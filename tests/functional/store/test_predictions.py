"""The log of predictions: what is written is what is read, together or not at all, and it goes when it must."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from tests.builders.predictions import CLASSES, ROW, make_request, write_request
from webapp.accounts.queries import User
from webapp.predictions import actions
from webapp.predictions.actions import (
    NoSuchClassError,
    NoSuchRowError,
    erase_request,
    export_request,
    purge_some,
    record_truth,
)
from webapp.predictions.log import KeyTakenError, NotLoggedError, PredictionLog
from webapp.predictions.queries import Labelled, find_by_key, find_labelled, find_request
from webapp.predictions.values import AnsweredRequest, Key, Truth
from webapp.store.tables import event, prediction, prediction_request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from webapp.store.session import Store

ADA = User(7, "ada", "admin")
KEY = Key("k" * 64, "b" * 64)


def find(store: Store, request_id: str) -> AnsweredRequest | None:
    with store.read() as conn:
        return find_request(conn, request_id)


def count(store: Store) -> tuple[int, int]:
    """Requests and rows in the log."""
    with store.read() as conn:
        tables = (prediction_request, prediction)
        requests, rows = (conn.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)
        return requests, rows


def list_events(store: Store) -> list[tuple[str, str, str, object]]:
    with store.read() as conn:
        rows = conn.execute(select(event).order_by(event.c.id))
        return [(row.user_name, row.action, row.subject, json.loads(row.detail)) for row in rows]


def test_what_is_read_is_what_was_written(store: Store) -> None:
    unlikely = replace(ROW, inputs=("“é”, \U0001f600", 0.1 + 0.2, None), shares=(1 / 3, 2 / 3), set=None)
    made = replace(make_request(key=KEY), rows=(ROW, unlikely))
    PredictionLog(store).append(made)
    assert find(store, made.id) == made


@dataclass(frozen=True)
class CountedStore:
    """A store whose writers wait for `gate`, and which counts them."""

    store: Store
    gate: threading.Event
    writers: list[int]

    @contextmanager
    def write(self) -> Iterator[Connection]:
        self.gate.wait(10)
        self.writers.append(1)
        with self.store.write() as conn:
            yield conn


def test_who_waits_shares_a_transaction(store: Store) -> None:
    counted = CountedStore(store, threading.Event(), [])
    log = PredictionLog(counted)  # type: ignore[arg-type]
    with ThreadPoolExecutor(8) as threads:
        waiting = [threads.submit(log.append, make_request(1_000 + i)) for i in range(8)]
        while len(log._waiting) < 8:  # noqa: SLF001 - nobody outside can tell who waits
            threading.Event().wait(0.001)
        counted.gate.set()
        for done in waiting:
            done.result()
    assert (count(store), len(counted.writers)) == ((8, 8), 1)


def test_of_many_at_once_each_is_there_when_it_returns(store: Store) -> None:
    log = PredictionLog(store)

    def append(number: int) -> bool:
        made = make_request(1_000 + number, rows=2)
        log.append(made)
        return find(store, made.id) == made

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(append, range(60)))
    assert count(store) == (60, 120)


def test_a_failure_is_everybodys_and_leaves_nothing(store: Store) -> None:
    log, twice = PredictionLog(store), make_request()
    log.append(twice)
    with pytest.raises(NotLoggedError):
        log.append(twice)
    log.append(make_request(2_000))
    assert count(store) == (2, 2)


def test_a_key_is_taken_once_even_in_one_batch(store: Store) -> None:
    log = PredictionLog(store)
    with ThreadPoolExecutor(6) as threads:
        futures = [threads.submit(log.append, make_request(1_000 + i, rows=2, key=KEY)) for i in range(6)]
        errors = [future.exception() for future in futures]
    assert sum(error is None for error in errors) == 1
    assert all(isinstance(error, KeyTakenError | None) for error in errors)
    assert count(store) == (1, 2)
    with store.read() as conn:
        kept = find_by_key(conn, KEY.key_hash)
    assert kept
    assert kept.key == KEY


def test_a_truth_is_recorded_corrected_and_taken_back(store: Store) -> None:
    made = write_request(store, rows=3)
    record_truth(store, made.id, 2, "high", ADA, 5)
    found = find(store, made.id)
    assert found
    assert [row.truth for row in found.rows] == [None, Truth("high", 5, 7), None]
    record_truth(store, made.id, 2, "low", ADA, 6)
    record_truth(store, made.id, 2, None, ADA, 7)
    assert find(store, made.id) == made


def test_a_correction_is_noted_without_its_values(store: Store) -> None:
    made = write_request(store)
    for truth in ("high", "high", "low"):
        record_truth(store, made.id, 1, truth, ADA, 5)
    assert list_events(store) == [("ada", "truth_corrected", made.id, {"row": 1})]


def test_a_truth_of_what_is_not_there_is_refused(store: Store) -> None:
    made = write_request(store)
    with pytest.raises(NoSuchRowError):
        record_truth(store, made.id, 2, "low", ADA, 5)
    with pytest.raises(NoSuchRowError):
        record_truth(store, "f" * 32, 1, "low", ADA, 5)
    with pytest.raises(NoSuchClassError) as raised:
        record_truth(store, made.id, 1, "Low", ADA, 5)
    assert raised.value.classes == CLASSES


def test_labelled_answers_are_counted_by_version_and_time(store: Store) -> None:
    made = write_request(store, 1_000, rows=5)
    for row, truth in enumerate(("low", "low", "high", "low"), 1):
        record_truth(store, made.id, row, truth, ADA, 5)
    differing: tuple[tuple[int, dict[str, Any]], ...] = ((2_000, {}), (1_000, {"version": 2}), (1_000, {"model": "x"}))
    for now, changes in differing:
        other = write_request(store, now, **changes)
        record_truth(store, other.id, 1, "high", ADA, 5)
    with store.read() as conn:
        assert find_labelled(conn, "mixed", 1, since=1_000, until=2_000) == Labelled(
            {("low", "low"): 3, ("high", "low"): 1}
        )
        assert find_labelled(conn, "mixed", 1) == Labelled({("low", "low"): 3, ("high", "low"): 2})
        assert find_labelled(conn, "mixed", 3) is None


def test_what_is_erased_leaves_its_id_and_nothing_else(store: Store) -> None:
    made, other = write_request(store, rows=3), write_request(store, 2_000)
    record_truth(store, made.id, 1, "low", ADA, 5)
    assert erase_request(store, made.id, "ada", 9) == 3
    assert erase_request(store, made.id, "ada", 9) is None
    assert (find(store, made.id), find(store, other.id)) == (None, other)
    assert count(store) == (1, 1)
    assert list_events(store) == [("ada", "prediction_erased", made.id, {"rows": 3})]


def test_an_export_is_noted(store: Store) -> None:
    made = write_request(store, rows=2)
    assert export_request(store, made.id, "ada", 9) == made
    assert export_request(store, "f" * 32, "ada", 9) is None
    assert list_events(store) == [("ada", "prediction_exported", made.id, {"rows": 2})]


def test_the_purge_takes_the_oldest_little_by_little(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST_PURGED", 4)
    for now, rows in ((1_000, 2), (1_001, 2), (1_002, 1), (1_003, 10), (2_000, 3)):
        write_request(store, now, rows)
    gone = []
    while rows := purge_some(store, 2_000):
        gone.append(rows)
    assert gone == [4, 1, 4, 4, 2]
    assert count(store) == (1, 3)
