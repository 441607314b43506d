"""Fit and ask families on the same folds, one family after the other, the folds of each on all cores."""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from statistics import mean, median
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

from ml.compare.ground import Ground
from ml.compare.keeping import Keeper, Kept
from ml.evaluate import align_probabilities
from ml.examination.comparison import LeftOut
from ml.results import Progress, Report
from ml.spec import DatasetSpec
from ml.train import Family, fit_pipeline

Floats = npt.NDArray[np.float64]

STAGE = "compare"
_ASKED = 20
"""Rows asked for one at a time, to time an answer."""


@dataclass(frozen=True)
class Ran:
    """What each family answered, in the order in which they were run, which were kept, and which were left out."""

    answers: dict[str, Kept]
    kept: frozenset[str]
    left_out: tuple[LeftOut, ...]


def run_families(
    families: Sequence[Family],
    ground: Ground,
    keeper: Keeper,
    *,
    report: Report,
    budget_minutes: float | None = None,
    n_jobs: int = -1,
    clock: Callable[[], float] = time.monotonic,
) -> Ran:
    """Run the families in this order; one that is finished is kept at once, one that was kept is not run again.

    Processes, unlike in a single evaluation: a comparison takes minutes, and their start seconds. Each computes on one
    thread, so cores change no figure.

    Parameters
    ----------
    budget_minutes
        When it is used up, no further family is begun; baselines are run all the same.
    n_jobs
        Folds worked on at a time, as joblib counts.
    report
        Told of each family as a stage of its own. What it raises ends the comparison; what was kept stays.
    """
    answers: dict[str, Kept] = {}
    kept: set[str] = set()
    left_out: list[LeftOut] = []
    start = clock()

    def is_over() -> bool:
        return budget_minutes is not None and clock() - start >= budget_minutes * 60

    with Parallel(n_jobs=n_jobs, return_as="generator_unordered", pre_dispatch="all") as parallel:
        for family in families:
            if not family.suits(ground.spec):
                left_out.append(LeftOut(family.name, "unsuited"))
                continue
            found = keeper.find(family)
            if found is not None:
                answers[family.name] = found
                kept.add(family.name)
                report(Progress(f"{STAGE}:{family.name}", 1))
                continue
            if not family.is_baseline and is_over():
                left_out.append(LeftOut(family.name, "budget"))
                continue
            ran = _run_family(family, ground, parallel, report)
            if isinstance(ran, str):
                left_out.append(LeftOut(family.name, "failed", ran))
                continue
            keeper.keep(family, ran)
            answers[family.name] = ran
    return Ran(answers, frozenset(kept), tuple(left_out))


def _run_family(family: Family, ground: Ground, parallel: Any, report: Report) -> Kept | str:
    """Return what a family answered, or why it could not."""
    tasks = [(repeat, number) for repeat, row in enumerate(ground.fold) for number in range(row.max() + 1)]
    held_out = [ground.fold[repeat] == number for repeat, number in tasks]
    probabilities = np.zeros((*ground.fold.shape, len(ground.spec.target.categories)))
    columns, seconds = [""] * len(tasks), []
    stage = f"{STAGE}:{family.name}"
    report(Progress(stage, 0, len(tasks)))
    finished: Generator[_Answered | str, None, None] = parallel(
        delayed(_run_fold)(index, family, ground.table, ground.spec, mask, ground.seed)
        for index, mask in enumerate(held_out)
    )
    failure = ""
    for done, answered in enumerate(finished, 1):
        if isinstance(answered, str):
            failure = answered
        else:
            probabilities[tasks[answered.index][0], held_out[answered.index]] = answered.probabilities
            columns[answered.index] = answered.column
            seconds.append(answered.fit_seconds)
        report(Progress(stage, done, len(tasks)))
    if failure:
        return failure
    row_seconds, size = _weigh(family, ground)
    return Kept(probabilities, tuple(columns), mean(seconds), row_seconds, size)


@dataclass(frozen=True)
class _Answered:
    index: int
    probabilities: Floats
    column: str
    fit_seconds: float


def _run_fold(
    index: int, family: Family, table: pd.DataFrame, spec: DatasetSpec, held_out: npt.NDArray[np.bool_], seed: int
) -> _Answered | str:
    """Fit on the rows that are not held out and ask for the others; an error is said, and ends no other family."""
    train, test = table[~held_out], table.loc[held_out, list(spec.feature_names)]
    try:
        with threadpool_limits(1):
            start = time.process_time()
            pipeline = fit_pipeline(family, train, spec, seed)
            seconds = time.process_time() - start
            found = pipeline.predict_proba(test)
    except Exception as error:  # noqa: BLE001 - whatever a library raises on this table, the other families go on
        return f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
    aligned = align_probabilities(found, pipeline.classes_, spec.target.categories)
    return _Answered(index, aligned, str(getattr(pipeline[-1], "column_", "")), seconds)


def _weigh(family: Family, ground: Ground) -> tuple[float, int]:
    """Return the CPU seconds of one row's answer and the bytes of the pipeline, fitted to all rows."""
    with threadpool_limits(1):
        pipeline = fit_pipeline(family, ground.table, ground.spec, ground.seed)
        rows = ground.table[list(ground.spec.feature_names)]
        took = []
        for row in range(min(_ASKED, len(rows))):
            start = time.process_time()
            pipeline.predict_proba(rows.iloc[[row]])
            took.append(time.process_time() - start)
    return median(took), len(pickle.dumps(pipeline))
