"""The answers of held-out rows, and every metric of each fold."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ml.evaluate.metrics import score_predictions
from ml.results import OutOfFold

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def decide_folds(out_of_fold: OutOfFold) -> Integers:
    """Return the class that is answered for each row in each repeat, shape (repeats, rows): the most probable."""
    answers: Integers = out_of_fold.probabilities.argmax(axis=2)
    return answers


def score_folds(out_of_fold: OutOfFold, classes: tuple[str, ...]) -> dict[str, Floats]:
    """Return every metric of every fold, repeat by repeat, each of shape (repeats × folds,)."""
    scores = [
        score_predictions(out_of_fold.truth[numbers == number], found[numbers == number], classes)
        for numbers, found in zip(out_of_fold.fold, out_of_fold.probabilities, strict=True)
        for number in range(numbers.max() + 1)
    ]
    return {name: np.array([score[name] for score in scores]) for name in scores[0]}
