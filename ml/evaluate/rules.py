"""The decision rules on out-of-fold probabilities: the same shares, other answers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ml.evaluate.intervals import compare_means, estimate_mean
from ml.evaluate.metrics import score_predictions
from ml.examination.rules import RuleFigures, RulesReport
from ml.results import OutOfFold
from ml.rules import ARGMAX, Decision, suited_rules

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

LABEL_METRICS = ("accuracy", "balanced_accuracy", "f1_macro", "qwk", "ordinal_mae")
"""Those that a rule moves and people compare rules by."""


def class_shares(truth: Integers, classes: int) -> tuple[float, ...]:
    """Return the share of each class among rows."""
    shares: Floats = np.bincount(truth, minlength=classes) / len(truth)
    return tuple(shares.tolist())


def decide_folds(out_of_fold: OutOfFold, rule: str) -> Integers:
    """Return the class that is answered for each row in each repeat, shape (repeats, rows).

    What a rule needs to know of the classes, it knows of the training rows of the fold alone.
    """
    truth, classes = out_of_fold.truth, out_of_fold.probabilities.shape[2]
    answers = np.zeros(out_of_fold.fold.shape, dtype=np.int64)
    for found, numbers, answer in zip(out_of_fold.probabilities, out_of_fold.fold, answers, strict=True):
        for number in range(numbers.max() + 1):
            held_out = numbers == number
            answer[held_out] = Decision(rule, class_shares(truth[~held_out], classes)).decide(found[held_out])
    return answers


def score_folds(out_of_fold: OutOfFold, rule: str, classes: tuple[str, ...]) -> dict[str, Floats]:
    """Return every metric of every fold, repeat by repeat, each of shape (repeats × folds,)."""
    answers = decide_folds(out_of_fold, rule)
    scores = [
        score_predictions(
            out_of_fold.truth[numbers == number],
            found[numbers == number],
            classes,
            answered=answer[numbers == number],
        )
        for numbers, found, answer in zip(out_of_fold.fold, out_of_fold.probabilities, answers, strict=True)
        for number in range(numbers.max() + 1)
    ]
    return {name: np.array([score[name] for score in scores]) for name in scores[0]}


def compare_rules(out_of_fold: OutOfFold, classes: tuple[str, ...], chosen: str, *, is_ordinal: bool) -> RulesReport:
    """Score every rule that suits the target on the same probabilities, and each against argmax."""
    folds = int(out_of_fold.fold.max()) + 1
    scores = {rule: score_folds(out_of_fold, rule, classes) for rule in suited_rules(is_ordinal=is_ordinal)}
    return RulesReport(
        chosen,
        tuple(
            RuleFigures(
                rule,
                {name: estimate_mean(found[name], folds) for name in LABEL_METRICS},
                {name: compare_means(found[name], scores[ARGMAX][name], folds) for name in LABEL_METRICS}
                if rule != ARGMAX
                else {},
            )
            for rule, found in scores.items()
        ),
    )
