"""Folds within the training rows, for what a family learns by cross-validation of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator

Integers = npt.NDArray[np.int64]


class InnerFolds(BaseEstimator):
    """Splits that keep equal rows together and every class in proportion, as scikit-learn takes them for `cv`.

    Groups of equal rows are shuffled, sorted by the class of their first row, and dealt out in turn. There are no more
    folds than the rarest class has groups, and two at least.

    Parameters
    ----------
    folds
        How many at most.
    random_state
        Seed of the shuffling: the same rows are always split alike.
    """

    def __init__(self, folds: int = 5, random_state: int = 0) -> None:
        self.folds = folds
        self.random_state = random_state

    def split(self, X: Any, y: Any, groups: Any = None) -> Iterator[tuple[Integers, Integers]]:
        """Yield the positions of the training and of the held-out rows of each fold."""
        del groups
        fold = self._assign(X, y)
        for number in range(fold.max() + 1):
            yield np.flatnonzero(fold != number), np.flatnonzero(fold == number)

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Return the number of folds; without rows to look at, the most that there can be."""
        del groups
        return self.folds if X is None or y is None else int(self._assign(X, y).max()) + 1

    def _assign(self, X: Any, y: Any) -> Integers:
        frame = pd.DataFrame(np.asarray(X))
        group = frame.groupby(list(frame.columns), dropna=False, sort=False).ngroup().to_numpy()
        first = np.unique(group, return_index=True)[1]
        labels = np.unique(np.asarray(y), return_inverse=True)[1][first]
        shuffled = np.random.default_rng(self.random_state).permutation(len(first))
        order = shuffled[np.argsort(labels[shuffled], kind="stable")]
        folds = int(np.clip(np.bincount(labels).min(), 2, self.folds))
        fold = np.empty(len(first), dtype=np.int64)
        fold[order] = np.arange(len(first)) % folds
        return fold[group]
