"""The stages of whatever is done: which has begun, and how long each took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ml.results import Progress, Report


@dataclass
class Stages:
    """Tells which stage has begun and keeps how many seconds each took."""

    report: Report
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Report the start and the end of a stage."""
        self.report(Progress(name))
        start = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 3)
        self.report(Progress(name, 1))
