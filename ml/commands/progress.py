"""Progress on standard error: a bar on a terminal, a plain line now and then in a log."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from ml.results import Progress, Report

_WIDTH = 30
_SECONDS_BETWEEN_LINES = 10.0


@contextmanager
def showing_progress(stream: TextIO, clock: Callable[[], float] = time.monotonic) -> Iterator[Report]:
    """Yield the function to report to; a bar's last line is ended whatever happens."""
    shown = _Bar(stream) if stream.isatty() else _Lines(stream, clock)
    try:
        yield shown.show
    finally:
        shown.end()


class _Bar:
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._stage = ""

    def show(self, progress: Progress) -> None:
        if progress.stage != self._stage:
            self.end()
            self._stage = progress.stage
        full = _WIDTH * progress.done // max(progress.total, 1)
        bar = "█" * full + "·" * (_WIDTH - full)
        self._stream.write(f"\r{progress.stage:<9} {bar} {_share(progress):>4}")
        self._stream.flush()

    def end(self) -> None:
        if self._stage:
            self._stream.write("\n")
            self._stream.flush()


class _Lines:
    """The first and the last step of a stage, and in between one line every ten seconds."""

    def __init__(self, stream: TextIO, clock: Callable[[], float]) -> None:
        self._stream, self._clock = stream, clock
        self._last = ("", "")
        self._at = 0.0

    def show(self, progress: Progress) -> None:
        line = (progress.stage, _share(progress))
        is_edge = progress.stage != self._last[0] or progress.done >= progress.total
        is_due = is_edge or self._clock() - self._at >= _SECONDS_BETWEEN_LINES
        if line == self._last or not is_due:
            return
        self._last, self._at = line, self._clock()
        self._stream.write(f"{line[0]} {line[1]}\n")
        self._stream.flush()

    def end(self) -> None:
        """Nothing is left open."""


def _share(progress: Progress) -> str:
    return f"{100 * progress.done // max(progress.total, 1)}%"
