"""Requests of a minute that slides: counted in the process, without a thread to clear up."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from webapp.api.counts import CountsHere

NOON = 1_800_000_000.0
"""The beginning of a minute."""


def send(counts: CountsHere, requests: int, now: float, caller: str = "ada", most: int = 10) -> int:
    """How many of so many requests are among those allowed."""
    return sum(counts.count(caller, 1, most, now).is_in for _request in range(requests))


def test_so_many_a_minute_are_in_and_no_more() -> None:
    assert send(CountsHere(), 12, NOON) == 10


def test_callers_are_counted_apart() -> None:
    counts = CountsHere()
    send(counts, 10, NOON)
    assert send(counts, 10, NOON, "bob") == 10


def test_who_is_refused_is_not_counted() -> None:
    counts = CountsHere()
    send(counts, 30, NOON)
    assert send(counts, 10, NOON + 90) == 5


@pytest.mark.parametrize(("later", "room"), [(59, 0), (60, 0), (75, 3), (90, 5), (105, 8), (120, 10), (600, 10)])
def test_what_was_sent_counts_less_and_less(later: float, room: int) -> None:
    counts = CountsHere()
    send(counts, 10, NOON)
    assert send(counts, 20, NOON + later) == room


def test_a_request_may_weigh_as_much_as_many() -> None:
    counts = CountsHere()
    assert counts.count("ada", 8, 10, NOON).remaining == 2
    assert not counts.count("ada", 3, 10, NOON).is_in
    assert counts.count("ada", 2, 10, NOON).is_in


@pytest.mark.parametrize("later", [61.0, 90.0, 118.0])
def test_who_comes_back_when_told_to_is_in(later: float) -> None:
    counts = CountsHere()
    send(counts, 10, NOON)
    send(counts, 10, NOON + later)
    told = counts.count("ada", 1, 10, NOON + later)
    assert (told.is_in, told.remaining) == (False, 0)
    assert counts.count("ada", 1, 10, told.reset_at + 0.001).is_in


def test_nobody_is_kept_for_longer_than_two_minutes() -> None:
    counts = CountsHere()
    for caller in range(50):
        send(counts, 1, NOON, str(caller))
    send(counts, 1, NOON + 60)
    send(counts, 1, NOON + 120)
    assert set(counts._now) | set(counts._before) == {"ada"}  # noqa: SLF001 - what it holds on to shows nowhere else


def test_of_many_at_once_none_slips_through() -> None:
    counts, start = CountsHere(), threading.Barrier(8)

    def try_often(_number: int) -> int:
        start.wait()
        return send(counts, 2000, NOON, most=5000)

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(try_often, range(8))) == 5000


def test_counting_starts_no_thread() -> None:
    before = threading.active_count()
    send(CountsHere(), 100, NOON)
    assert threading.active_count() == before
