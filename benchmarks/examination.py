"""The examination of a trained family against the bare scikit-learn calls that it makes.

    .venv/bin/python -m benchmarks.examination [--raw FILE] [--family NAME …] [--rounds 3]

Both are taken from one run of `ml.examine.examine`, so that a busy machine slows them alike: all of it, and the part of
it in which at least one method of an estimator is running (fit, transform, predict, … of whatever is called first; what
that calls in turn is in it). Other processes are not seen: an examination that starts some would look worse than it is.
Every round is also run untouched, which shows that the measuring costs nothing.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any
from unittest import mock

from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin

from ml.examination import Examination
from ml.examine import Subject, examine
from ml.pipeline import Stages, fit_and_evaluate, load_training
from ml.results import TrainingRequest, ignore_progress
from ml.settings import ROOT, Settings
from ml.train import find_family

FAMILIES = ("logistic_regression", "random_forest")
METHODS = (
    "fit", "fit_transform", "fit_predict", "transform", "predict", "predict_proba", "predict_log_proba",
    "decision_function", "score",
)  # fmt: skip
GOAL = 1.3
SHOWN_CALLS = 5


class Meter:
    """Seconds in which at least one call was running, in whatever thread; and which were called first in theirs."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.calls: Counter[str] = Counter()
        self.spent: Counter[str] = Counter()
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
    return {owner}.union(*(list_subclasses(derived) for derived in owner.__subclasses__()))


def main() -> None:
    """Examine each family several times and print times, ratios and their spread."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--raw", type=Path)
    parser.add_argument("--family", nargs="+", default=FAMILIES)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        settings = make_settings(Path(name), options.raw)
        examine(take_subject(settings, TrainingRequest("logistic_regression", folds=2, repeats=1)))  # first-use costs
        for family in options.family:
            report(family, take_subject(settings, TrainingRequest(family)), options.rounds)


def take_subject(settings: Settings, request: TrainingRequest) -> Subject:
    """Train as a job does, up to the moment when it is examined."""
    taken: list[Subject] = []

    def take(subject: Subject) -> Examination:
        taken.append(subject)
        return Examination()

    with mock.patch("ml.examine.examine", take):
        fit_and_evaluate(find_family(request.family), load_training(settings, request, Stages(ignore_progress)))
    return taken[0]


def report(family: str, subject: Subject, rounds: int) -> None:
    """Measure, and print a line for the whole and one for each of the calls that cost most."""
    untouched, whole, meters = [], [], []
    for _ in range(rounds):
        untouched.append(clock(lambda: examine(subject)))
        with metered() as meter:
            whole.append(clock(lambda: examine(subject)))
        meters.append(meter)
    inside = [meter.seconds for meter in meters]
    if not all(inside):
        print(f"{family}: examined in {show(whole)}, without a call of scikit-learn")
        return
    ratios = [one / other for one, other in zip(whole, inside, strict=True)]
    verdict = "within" if statistics.median(ratios) <= GOAL else "ABOVE"
    print(
        f"{family}: examined in {show(whole)} (unmeasured {show(untouched)}), of it inside scikit-learn {show(inside)};"
        f" ratio {statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f}), {verdict} {GOAL}"
    )
    for name, seconds in meters[-1].spent.most_common(SHOWN_CALLS):
        print(f"    {name}: {meters[-1].calls[name]:,} calls, {seconds:.2f} s in the last round")


def show(seconds: list[float]) -> str:
    """The median and the ends of what was measured."""
    return f"{statistics.median(seconds):.2f} s [{min(seconds):.2f}–{max(seconds):.2f}]"


def clock(work: Callable[[], object]) -> float:
    """Return how many seconds the work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def make_settings(folder: Path, raw: Path | None) -> Settings:
    """Settings that need no store: nothing is logged."""
    return Settings(
        database_url=f"sqlite:///{folder / 'none.sqlite'}",
        artifact_root=folder / "models",
        data_dir=folder / "data",
        reports_dir=folder / "reports",
        spec_path=ROOT / "data" / "student_performance.yaml",
        raw_data=raw.resolve() if raw else None,
        source_url="http://127.0.0.1:9/",
    )


if __name__ == "__main__":
    main()
