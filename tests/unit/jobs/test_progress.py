from __future__ import annotations

import threading
import time

from sqlalchemy.exc import OperationalError

from ml.results import Progress
from webapp.jobs.progress import WRITE_EVERY, ProgressWriter
from webapp.jobs.queue import Stage


class Rows:
    """Takes what is written, and can be away or taken over."""

    def __init__(self, *, is_ours: bool = True, away: int = 0) -> None:
        self.written: list[tuple[Stage, ...]] = []
        self.lost = threading.Event()
        self._is_ours, self._away = is_ours, away

    def write(self, stages: tuple[Stage, ...]) -> bool:
        if self._away:
            self._away -= 1
            raise OperationalError("UPDATE", {}, Exception("locked"))
        self.written.append(stages)
        return self._is_ours

    def writer(self) -> ProgressWriter:
        return ProgressWriter(self.write, lambda: 7, self.lost.set)


def test_however_many_reports_come_few_are_written_and_the_last_is() -> None:
    rows = Rows()
    started = time.monotonic()
    with rows.writer() as progress:
        for done in range(1000):
            progress.report(Progress("evaluate", done, 1000))
            time.sleep(0.0005)
    most = (time.monotonic() - started) / WRITE_EVERY + 1
    assert 1 <= len(rows.written) <= most
    assert rows.written[-1] == (Stage("evaluate", 7, 999, 1000),)


def test_a_report_before_a_long_silence_is_written() -> None:
    rows = Rows()
    with rows.writer() as progress:
        progress.report(Progress("clean", 1, 1))
        progress.report(Progress("fit"))
        time.sleep(3 * WRITE_EVERY)
        assert [[stage.code for stage in stages] for stages in rows.written] == [["clean", "fit"]]


def test_a_stage_keeps_the_time_at_which_it_began() -> None:
    rows, times = Rows(), iter([10, 20, 30])
    with ProgressWriter(rows.write, lambda: next(times), rows.lost.set) as progress:
        for stage, done in (("fetch", 0), ("clean", 0), ("clean", 1)):
            progress.report(Progress(stage, done, 1))
    assert rows.written[-1] == (Stage("fetch", 10, 0, 1), Stage("clean", 20, 1, 1))


def test_a_store_that_is_away_for_a_while_gets_the_latest_later() -> None:
    rows = Rows(away=2)
    with rows.writer() as progress:
        progress.report(Progress("fit"))
        time.sleep(4 * WRITE_EVERY)
        assert len(rows.written) == 1


def test_a_lost_claim_is_told_at_once() -> None:
    rows = Rows(is_ours=False)
    with rows.writer() as progress:
        progress.report(Progress("fit"))
        assert rows.lost.wait(5)
