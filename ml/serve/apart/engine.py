"""A process apart that is there whenever it is asked: started again when it has died, and ended with its predictor."""

from __future__ import annotations

import logging
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ml.serve.apart.file import read_archive
from ml.serve.apart.process import Process
from ml.serve.contract import AwayError, Contract, ModelFileError
from ml.serve.predictor import CODES, NUMBERS, Predictor

Floats = npt.NDArray[np.float64]

START_SECONDS = 60.0
ANSWER_SECONDS = 30.0
"""For one chunk of rows; as long is waited for those of others."""
PAUSE_SECONDS = 5.0
"""After a start that failed: until then nobody waits for another."""

Start = Callable[[bytes, float], Process]
"""Starts a process with a file, within so many seconds."""

logger = logging.getLogger(__name__)


class ProcessEngine:
    """Answers coded rows by a process of its own, one request after another.

    The bytes are kept, so that a process that died is started again from those that were verified.
    """

    def __init__(
        self, content: bytes, contract: Contract, answer_seconds: float = ANSWER_SECONDS, start: Start = Process
    ) -> None:
        """Start the process.

        Raises
        ------
        ModelFileError
            Where it refuses the file or does not come up.
        """
        self._content, self._answer_seconds, self._start = content, answer_seconds, start
        self._classes = len(contract.classes)
        self._is_numeric = np.array([column.is_numeric for column in contract.columns], dtype=bool)
        self._lock = threading.Lock()
        self._is_closed, self._not_before = False, 0.0
        self._process: Process | None = None
        try:
            self._process = start(content, START_SECONDS)
        except (OSError, EOFError) as error:
            raise ModelFileError(f"the process that is to answer did not come up: {_name(error)}") from error

    @property
    def pid(self) -> int | None:
        """The number of the process; None where there is none now."""
        return self._process.pid if self._process else None

    def run(self, feed: Mapping[str, npt.NDArray[Any]]) -> Floats:
        """Answer coded rows; a process that died is started again, and asked once more."""
        cells = self._join(feed)
        if not self._lock.acquire(timeout=self._answer_seconds):
            raise AwayError("the process that answers is taken by other requests")
        try:
            try:
                return self._ask(cells)
            except (OSError, EOFError) as error:
                logger.warning("the process apart has died (%s); starting another", _name(error))
            try:
                return self._ask(cells)
            except (OSError, EOFError) as error:
                raise AwayError(f"the process that answers died twice: {_name(error)}") from error
        finally:
            self._lock.release()

    def close(self) -> None:
        """End the process, once the request that it is at is answered."""
        is_free = self._lock.acquire(timeout=self._answer_seconds)
        self._is_closed = True
        self._end()
        if is_free:
            self._lock.release()

    def _join(self, feed: Mapping[str, npt.NDArray[Any]]) -> Floats:
        cells = np.empty((len(next(iter(feed.values()))), len(self._is_numeric)))
        if CODES in feed:
            cells[:, ~self._is_numeric] = feed[CODES]
        if NUMBERS in feed:
            cells[:, self._is_numeric] = feed[NUMBERS]
        return cells

    def _ask(self, cells: Floats) -> Floats:
        process = self._process or self._start_again()
        try:
            return process.ask(cells, self._classes, self._answer_seconds)
        except TimeoutError as error:
            self._end()
            raise AwayError(f"the process that answers took longer than {self._answer_seconds:g} s") from error
        except (OSError, EOFError):
            self._end()
            raise

    def _start_again(self) -> Process:
        if self._is_closed:
            raise AwayError("the process that answers was closed")
        if time.monotonic() < self._not_before:
            raise AwayError("the process that answers does not come up")
        try:
            self._process = self._start(self._content, START_SECONDS)
        except (OSError, EOFError, ModelFileError) as error:
            self._not_before = time.monotonic() + PAUSE_SECONDS
            raise AwayError(f"the process that answers does not come up: {_name(error)}") from error
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process:
            process.end()


def load_apart(content: bytes) -> Predictor:
    """Load a model into a process apart, which ends when nobody holds the predictor any more.

    So a champion that was followed by another goes on answering those who asked it, and its process ends with the last.

    Raises
    ------
    ModelFileError
        Where the file is none of ours, is refused, or the process does not come up.
    """
    contract = read_archive(content)
    engine = ProcessEngine(content, contract)
    predictor = Predictor(engine, contract)
    weakref.finalize(predictor, engine.close)
    return predictor


def _name(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
