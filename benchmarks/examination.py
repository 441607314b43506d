"""The examination of a trained family against the bare scikit-learn calls that it makes.

    .venv/bin/python -m benchmarks.examination [--raw FILE] [--family NAME …] [--rounds 3]

Both are taken from one run of `ml.examine.examine`, so that a busy machine slows them alike: all of it, and the part of
it in which at least one method of an estimator is running (fit, transform, predict, … of whatever is called first; what
that calls in turn is in it). Other processes are not seen: an examination that starts some would look worse than it is.
Every round is also run untouched, which shows that the measuring costs nothing.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from unittest import mock

from benchmarks.meter import clock, compare, metered, show
from benchmarks.training import make_settings
from ml.examination import Examination
from ml.examine import Subject, examine
from ml.pipeline import Stages, fit_and_evaluate, load_training
from ml.results import TrainingRequest, ignore_progress
from ml.settings import Settings
from ml.train import find_family

FAMILIES = ("logistic_regression", "random_forest")
SHOWN_CALLS = 5


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
    print(f"{family}: examined in {compare(whole, untouched, inside)}")
    for name, seconds in sorted(meters[-1].spent.items(), key=lambda item: -item[1])[:SHOWN_CALLS]:
        print(f"    {name}: {meters[-1].calls[name]:,} calls, {seconds:.2f} s in the last round")


if __name__ == "__main__":
    main()
