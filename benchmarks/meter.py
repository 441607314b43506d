"""The part of some work in which a method of a scikit-learn estimator is running."""

from __future__ import annotations

import statistics
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin

GOAL = 1.3
"""What is promised at the most: all of the work against the part of it that is inside scikit-learn."""
METHODS = (
    "fit", "fit_transform", "fit_predict", "transform", "predict", "predict_proba", "predict_log_proba",
    "decision_function", "score",
)  # fmt: skip


class Meter:
    """Seconds in which at least one call was running, in whatever thread; and which were called first in theirs."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.calls: Counter[str] = Counter()
        self.spent: defaultdict[str, float] = defaultdict(float)
        self._running, self._since = 0, 0.0
        self._lock, self._own = threading.Lock(), threading.local()

    @contextmanager
    def count(self, name: str) -> Iterator[None]:
        """Count a call; of one within another in the same thread there is nothing to count."""
        if getattr(self._own, "is_within", False):
            yield
            return
        self._own.is_within = True
        began = self._enter(name)
        try:
            yield
        finally:
            self._own.is_within = False
            self._leave(name, began)

    def _enter(self, name: str) -> float:
        with self._lock:
            now = time.perf_counter()
            self._since = self._since if self._running else now
            self._running += 1
            self.calls[name] += 1
        return now

    def _leave(self, name: str, began: float) -> None:
        with self._lock:
            now = time.perf_counter()
            self.spent[name] += now - began
            self._running -= 1
            if not self._running:
                self.seconds += now - self._since


class Counted:
    """A method that tells the meter of its calls, whatever kind of descriptor it was."""

    def __init__(self, method: Any, name: str, meter: Meter) -> None:
        self.method, self.name, self.meter = method, name, meter

    def __get__(self, instance: Any, owner: type) -> Any:
        bound = self.method.__get__(instance, owner)
        if instance is None:
            return bound

        @wraps(bound)  # scikit-learn looks at signatures
        def call(*arguments: Any, **options: Any) -> Any:
            with self.meter.count(f"{type(instance).__name__}.{self.name}"):
                return bound(*arguments, **options)

        return call


@contextmanager
def metered() -> Iterator[Meter]:
    """Meter every estimator there is, ours too: they are what a model is made of."""
    meter, changed = Meter(), []
    for owner in {*list_subclasses(BaseEstimator), ClassifierMixin, TransformerMixin}:
        for name in METHODS:
            if name in vars(owner):
                changed.append((owner, name, vars(owner)[name]))
                setattr(owner, name, Counted(vars(owner)[name], name, meter))
    try:
        yield meter
    finally:
        for owner, name, method in changed:
            setattr(owner, name, method)


def list_subclasses(owner: type) -> set[type]:
    """Every class that has been derived from it so far."""
    below: list[type] = owner.__subclasses__()
    return {owner}.union(*(list_subclasses(derived) for derived in below))


def compare(whole: list[float], untouched: list[float], inside: list[float]) -> str:
    """Say what some work took, round by round, how much of it was inside scikit-learn, and their ratio."""
    ratios = [one / other for one, other in zip(whole, inside, strict=True)]
    return (
        f"{show(whole)} (unmeasured {show(untouched)}), of it inside scikit-learn {show(inside)};"
        f" ratio {statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f}),"
        f" {'within' if statistics.median(ratios) <= GOAL else 'ABOVE'} {GOAL}"
    )


def show(seconds: list[float]) -> str:
    """The median and the ends of what was measured."""
    return f"{statistics.median(seconds):.2f} s [{min(seconds):.2f}–{max(seconds):.2f}]"


def clock(work: Callable[[], object]) -> float:
    """Return how many seconds the work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
