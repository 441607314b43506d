"""Predict every row by pipelines that have not seen it, several families on the same folds."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from joblib import effective_n_jobs
from threadpoolctl import threadpool_limits

from ml.results import Progress, Report
from ml.spec import DatasetSpec
from ml.train import Family, fit_pipeline

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_STAGE = "evaluate"


@dataclass(frozen=True)
class CrossValidation:
    """What each family said of each row while it was held out."""

    probabilities: Floats
    """Shape (families, repeats, rows, classes), the classes in the spec's order."""
    columns: tuple[tuple[str, ...], ...]
    """For each family, the column that it settled on in each fold, repeat by repeat; empty where it takes them all."""


def cross_validate(
    families: Sequence[Family],
    table: pd.DataFrame,
    spec: DatasetSpec,
    fold: Integers,
    *,
    seed: int,
    n_jobs: int | None,
    report: Report,
) -> CrossValidation:
    """Fit every family on each fold's training rows and predict the rest.

    Parameters
    ----------
    fold
        Shape (repeats, rows): where each row is held out, as `repeat_folds` gives it.
    n_jobs
        Folds worked on at a time, as joblib counts; None for one. It changes no figure.
    report
        Called from this thread as folds are finished, in whatever order.
    """
    probabilities = np.zeros((len(families), *fold.shape, len(spec.target.categories)))
    tasks = [(repeat, number) for repeat, row in enumerate(fold) for number in range(row.max() + 1)]
    columns: list[tuple[str, ...]] = [()] * len(tasks)
    report(Progress(_STAGE, 0, len(tasks)))
    held_out = [fold[repeat] == number for repeat, number in tasks]
    with closing(_run_folds(families, table, spec, held_out, seed, n_jobs)) as finished:
        for done, (index, found, chosen) in enumerate(finished, 1):
            probabilities[:, tasks[index][0], held_out[index]] = found
            columns[index] = chosen
            report(Progress(_STAGE, done, len(tasks)))
    return CrossValidation(probabilities, tuple(zip(*columns, strict=True)))


def align_probabilities(probabilities: Floats, labels: Sequence[Any], classes: tuple[str, ...]) -> Floats:
    """Put the columns of `predict_proba`, which are those of `labels`, into the order of `classes`.

    A class that the pipeline has not seen in training gets probability 0.
    """
    aligned = np.zeros((len(probabilities), len(classes)))
    aligned[:, [classes.index(label) for label in labels]] = probabilities
    return aligned


_Finished = tuple[int, Floats, tuple[str, ...]]


def _run_folds(
    families: Sequence[Family],
    table: pd.DataFrame,
    spec: DatasetSpec,
    held_out: list[npt.NDArray[np.bool_]],
    seed: int,
    n_jobs: int | None,
) -> Generator[_Finished, None, None]:
    """Yield the number, probabilities and chosen columns of each fold as it is finished.

    Threads, not processes: nothing is copied, and a worker that is killed leaves no orphans. One fold at a time unless
    asked: on small tables the folds wait for the interpreter more than they compute, and two threads are slower than
    one. One BLAS thread each, for the same reason, and one of OpenMP, which counts for each thread apart.
    """
    with threadpool_limits(1):
        workers = effective_n_jobs(1 if n_jobs is None else n_jobs)
        executor = ThreadPoolExecutor(workers, initializer=threadpool_limits, initargs=(1,))
        try:
            tasks = [
                executor.submit(_run_fold, index, families, table, spec, mask, seed)
                for index, mask in enumerate(held_out)
            ]
            for task in as_completed(tasks):
                yield task.result()
        finally:
            executor.shutdown(cancel_futures=True)


def _run_fold(
    index: int,
    families: Sequence[Family],
    table: pd.DataFrame,
    spec: DatasetSpec,
    held_out: npt.NDArray[np.bool_],
    seed: int,
) -> _Finished:
    train, test = table[~held_out], table.loc[held_out, list(spec.feature_names)]
    pipelines = [fit_pipeline(family, train, spec, seed) for family in families]
    found = [align_probabilities(p.predict_proba(test), p.classes_, spec.target.categories) for p in pipelines]
    return index, np.array(found), tuple(str(getattr(pipeline[-1], "column_", "")) for pipeline in pipelines)
