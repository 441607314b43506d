"""Out-of-fold predictions drawn so that it is known how good they are."""

from __future__ import annotations

import numpy as np

from ml.results import OutOfFold

CLASSES = ("low", "mid", "high")


def draw_held_out(
    rows: int = 400, repeats: int = 1, *, seed: int = 1, sharpness: float = 1.0, folds: int = 5
) -> OutOfFold:
    """Draw labels from a model's own probabilities, which `sharpness` above 1 then makes too sure of themselves.

    Every repeat says the same of a row.
    """
    random = np.random.default_rng(seed)
    true = random.dirichlet(np.ones(len(CLASSES)) * 0.8, rows)
    truth = (random.random((rows, 1)) > true.cumsum(axis=1)).sum(axis=1).clip(max=len(CLASSES) - 1)
    sharpened = true**sharpness
    stated = sharpened / sharpened.sum(axis=1, keepdims=True)
    fold = np.array([random.permutation(np.arange(rows) % folds) for _ in range(repeats)])
    return OutOfFold(np.tile(stated, (repeats, 1, 1)), fold, truth)
