"""What was dear to find out, kept in the process for as long as the run history stays as it is."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from math import inf
from time import monotonic
from typing import Any, TypeVar

from flask import current_app

MOST = 64
_Found = TypeVar("_Found")


class Kept:
    """The answers that were asked for last, each with the version of the history that it was found in.

    `seconds` is how long an answer holds at most, for what no version tells all of.
    """

    def __init__(self, most: int = MOST, seconds: float = inf) -> None:
        self._most, self._seconds = most, seconds
        self._answers: OrderedDict[Hashable, tuple[int, float, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, question: Hashable, version: int, find: Callable[[], _Found]) -> _Found:
        """Return the answer of this version; two who ask at once may both find it."""
        with self._lock:
            known = self._answers.get(question)
            if known is not None:
                self._answers.move_to_end(question)
        now = monotonic()
        if known is not None and known[0] == version and now - known[1] < self._seconds:
            kept: _Found = known[2]
            return kept
        found = find()
        with self._lock:
            self._answers[question] = (version, now, found)
            self._answers.move_to_end(question)
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)
        return found


def current_kept(subject: str, most: int = MOST, seconds: float = inf) -> Kept:
    """What the app that is serving has kept of a subject."""
    kept: Kept = current_app.extensions.setdefault(f"proctor_kept_{subject}", Kept(most, seconds))
    return kept
