"""A fold is fitted by one thread, so that two of them do not wait for each other."""

from __future__ import annotations

from typing import Any, Self

from sklearn.dummy import DummyClassifier
from sklearn.pipeline import Pipeline
from sklearn.utils._openmp_helpers import _openmp_effective_n_threads
from threadpoolctl import threadpool_info

from ml.evaluate.cross_validation import cross_validate
from ml.evaluate.splits import find_groups, read_labels, repeat_folds
from ml.results import ignore_progress
from ml.train import Family
from tests.builders.tables import pump_table, second_spec

SEEN: list[tuple[int, set[int]]] = []


class Witness(DummyClassifier):
    """Notes how many threads it may use."""

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        SEEN.append((_openmp_effective_n_threads(), {pool["num_threads"] for pool in threadpool_info()}))
        return super().fit(X, y, sample_weight)


def test_neither_blas_nor_openmp_may_use_more_than_one_thread_a_fold() -> None:
    table, spec = pump_table(60).table, second_spec()
    fold = repeat_folds(read_labels(table, spec), find_groups(table[list(spec.feature_names)]), 2, 1, 1)
    witness = Family("witness", lambda _spec, _seed: Pipeline([("model", Witness())]))
    before = _openmp_effective_n_threads()
    cross_validate([witness], table, spec, fold, seed=1, n_jobs=None, report=ignore_progress)
    assert [(1, {1}), (1, {1})] == SEEN
    assert _openmp_effective_n_threads() == before
