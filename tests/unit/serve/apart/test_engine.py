"""A process that dies, hangs or does not come up: what whoever asks gets to see of it. The processes are fakes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ml.serve.apart.engine import ProcessEngine
from ml.serve.contract import AwayError, Contract, ModelFileError, PredictorColumn
from ml.serve.predictor import CODES, NUMBERS

CONTRACT = Contract(
    (PredictorColumn("age", "numeric"), PredictorColumn("colour", "nominal", ("red", "green"))), ("no", "yes")
)
FEED = {CODES: np.array([[1], [2]]), NUMBERS: np.array([[7.5], [np.nan]])}


class Fake:
    """Answers with the cells that it was asked, or raises the next of its troubles."""

    def __init__(self, *troubles: Exception | None) -> None:
        self.troubles, self.ended, self.pid = list(troubles), 0, 1
        self.asked = 0

    def ask(self, cells: Any, _classes: int, _seconds: float) -> Any:
        self.asked += 1
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble:
            raise trouble
        return cells

    def end(self) -> None:
        self.ended += 1


class Starts:
    """Hands out one fake after another, or fails as it is told; `now` is the one that was started last."""

    def __init__(self, *fakes: Fake | Exception) -> None:
        self.fakes, self.count = list(fakes), 0

    def __call__(self, _content: bytes, _seconds: float) -> Any:
        self.count += 1
        found = self.fakes.pop(0)
        if isinstance(found, Exception):
            raise found
        return found


def make_engine(*fakes: Fake | Exception, seconds: float = 5.0) -> tuple[ProcessEngine, Starts]:
    starts = Starts(*fakes)
    return ProcessEngine(b"", CONTRACT, seconds, starts), starts


def test_codes_and_numbers_are_put_back_into_the_order_of_the_columns() -> None:
    engine, _starts = make_engine(Fake())
    assert np.array_equal(engine.run(FEED), [[7.5, 1], [np.nan, 2]], equal_nan=True)


@pytest.mark.parametrize("death", [BrokenPipeError(), ConnectionResetError(), EOFError()])
def test_a_process_that_died_is_followed_by_another_which_answers(death: Exception) -> None:
    first = Fake(None, death)
    engine, starts = make_engine(first, Fake())
    engine.run(FEED)
    assert len(engine.run(FEED)) == 2
    assert (starts.count, first.ended) == (2, 1)


def test_a_request_that_kills_two_processes_kills_no_third() -> None:
    engine, starts = make_engine(Fake(EOFError()), Fake(EOFError()), Fake())
    with pytest.raises(AwayError, match="died twice"):
        engine.run(FEED)
    assert starts.count == 2
    assert len(engine.run(FEED)) == 2


def test_a_process_that_hangs_is_ended_and_not_asked_again() -> None:
    first, second = Fake(TimeoutError()), Fake()
    engine, _starts = make_engine(first, second)
    with pytest.raises(AwayError, match="longer than 5 s"):
        engine.run(FEED)
    assert (first.ended, second.asked) == (1, 0)
    assert len(engine.run(FEED)) == 2


def test_what_it_says_that_it_cannot_answer_does_not_end_it() -> None:
    first = Fake(AwayError("no"))
    engine, starts = make_engine(first)
    with pytest.raises(AwayError):
        engine.run(FEED)
    engine.run(FEED)
    assert (starts.count, first.ended) == (1, 0)


@pytest.mark.parametrize("trouble", [TimeoutError(), EOFError(), OSError("no more processes")])
def test_a_first_start_that_fails_is_a_file_that_cannot_be_loaded(trouble: Exception) -> None:
    with pytest.raises(ModelFileError, match="did not come up"):
        make_engine(trouble)


@pytest.mark.parametrize("trouble", [TimeoutError(), ModelFileError("of another Proctor")])
def test_after_a_start_that_failed_nobody_waits_for_another_at_once(trouble: Exception) -> None:
    engine, starts = make_engine(Fake(EOFError()), trouble)
    for _ in range(2):
        with pytest.raises(AwayError, match="does not come up"):
            engine.run(FEED)
    assert starts.count == 2


def test_a_closed_one_starts_nothing() -> None:
    first = Fake()
    engine, starts = make_engine(first, Fake())
    engine.close()
    with pytest.raises(AwayError, match="closed"):
        engine.run(FEED)
    assert (starts.count, first.ended) == (1, 1)


class Slow(Fake):
    """Takes as long as it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.is_asked, self.may_answer = threading.Event(), threading.Event()

    def ask(self, cells: Any, classes: int, seconds: float) -> Any:
        self.is_asked.set()
        assert self.may_answer.wait(5)
        assert not self.ended
        return super().ask(cells, classes, seconds)


def in_thread(work: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    return thread, found


def test_closing_waits_for_the_answer_that_is_being_made() -> None:
    slow = Slow()
    engine, _starts = make_engine(slow)
    asking, found = in_thread(lambda: engine.run(FEED))
    assert slow.is_asked.wait(5)
    closing, _ = in_thread(engine.close)
    slow.may_answer.set()
    asking.join()
    closing.join()
    assert (len(found), slow.ended) == (1, 1)


def test_nobody_waits_for_ever_for_the_answers_of_others() -> None:
    slow = Slow()
    engine, _starts = make_engine(slow, seconds=0.05)
    asking, _found = in_thread(lambda: engine.run(FEED))
    assert slow.is_asked.wait(5)
    with pytest.raises(AwayError, match="taken by other requests"):
        engine.run(FEED)
    slow.may_answer.set()
    asking.join()
