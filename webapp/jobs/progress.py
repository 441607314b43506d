"""How far the work has come, written to the job's row by a thread of its own: five times a second at most."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Self

from sqlalchemy.exc import SQLAlchemyError

from webapp.jobs.queue import Stage

if TYPE_CHECKING:
    from ml.results import Progress

logger = logging.getLogger(__name__)

WRITE_EVERY = 0.2
"""Seconds."""


class ProgressWriter:
    """Takes reports as often as they come and writes the latest now and then.

    The work never waits for the store, and a report that comes just before a long silence is written all the same.
    """

    def __init__(
        self,
        write: Callable[[tuple[Stage, ...]], bool],
        clock: Callable[[], int],
        on_lost: Callable[[], object],
    ) -> None:
        self._write, self._clock, self._on_lost = write, clock, on_lost
        self._stages: tuple[Stage, ...] = ()
        self._written: tuple[Stage, ...] = ()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="progress", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._thread.join()

    def report(self, progress: Progress) -> None:
        """Note where the work is; a stage that was reported before goes on from when it began."""
        before = tuple(stage for stage in self._stages if stage.code != progress.stage)
        begun = next((stage.started_at for stage in self._stages if stage.code == progress.stage), None)
        started_at = self._clock() if begun is None else begun
        self._stages = (*before, Stage(progress.stage, started_at, progress.done, progress.total))

    def _run(self) -> None:
        while not self._closing.wait(WRITE_EVERY):
            self._write_latest()
        self._write_latest()

    def _write_latest(self) -> None:
        latest = self._stages
        if latest is self._written:
            return
        try:
            is_ours = self._write(latest)
        except SQLAlchemyError as error:
            logger.warning("the store did not take the progress: %s", error)
            return
        self._written = latest
        if not is_ours:
            self._on_lost()
