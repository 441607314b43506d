"""What was found out about an experiment, kept in the process for as long as the run history stays as it is."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from flask import current_app

MOST = 64
_Found = TypeVar("_Found")


class Kept:
    """The answers that were asked for last, each with the version of the history that it was found in."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Hashable, tuple[int, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, question: Hashable, version: int, find: Callable[[], _Found]) -> _Found:
        """Return the answer of this version; two who ask at once may both find it."""
        with self._lock:
            known = self._answers.get(question)
            if known is not None:
                self._answers.move_to_end(question)
        if known is not None and known[0] == version:
            kept: _Found = known[1]
            return kept
        found = find()
        with self._lock:
            self._answers[question] = (version, found)
            self._answers.move_to_end(question)
            while len(self._answers) > MOST:
                self._answers.popitem(last=False)
        return found


def current_kept() -> Kept:
    """What the app that is serving has kept."""
    kept: Kept = current_app.extensions.setdefault("proctor_experiments", Kept())
    return kept
