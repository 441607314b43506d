"""Sets of classes that hold the truth as often as they promise, for every class alike.

Why these sets and not others, with what each reached, is in docs/decisions/conformal-sets.md.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ml.evaluate.intervals import estimate_mean
from ml.examination.sure import ConformalSets
from ml.results import OutOfFold

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

LEVEL = 0.9


def make_sets(
    out_of_fold: OutOfFold, groups: Integers, classes: tuple[str, ...], level: float = LEVEL
) -> ConformalSets:
    """Return the least shares for all rows, and what such sets cover when the rows were not among those that set them.

    Each fold is judged by least shares from the out-of-fold shares of the other rows, as the model that is served is by
    those of all rows (cross-conformal prediction: Vovk, Annals of Mathematics and Artificial Intelligence 74, 2015).

    Parameters
    ----------
    groups
        Rows of one group have equal features; they share folds, and count once.
    level
        The share of sets that are to hold the truth, for every class.
    """
    probabilities, truth = out_of_fold.probabilities, out_of_fold.truth
    folds = int(out_of_fold.fold.max()) + 1
    hits, sizes, empty, held_out = [], [], [], []
    for repeat, fold in enumerate(out_of_fold.fold):
        for number in range(folds):
            test = fold == number
            least = find_least(probabilities[:, ~test], truth[~test], groups[~test], level)
            members, bare = choose_sets(probabilities[repeat, test], least)
            hits.append(members[np.arange(len(members)), truth[test]].astype(np.float64))
            sizes.append(members.sum(axis=1))
            empty.append(bare.mean())
            held_out.append(truth[test])
    every = np.concatenate(sizes)
    least = find_least(probabilities, truth, groups, level)
    return ConformalSets(
        level=level,
        least=dict(zip(classes, least.tolist(), strict=True)),
        coverage=estimate_mean(np.array([part.mean() for part in hits]), folds),
        class_coverage={
            name: estimate_mean(_of_class(hits, held_out, label), folds) for label, name in enumerate(classes)
        },
        size=estimate_mean(np.array([part.mean() for part in sizes]), folds),
        sizes=tuple(float((every == size).mean()) for size in range(1, len(classes) + 1)),
        empty=float(np.mean(empty)),
    )


def find_least(probabilities: Floats, truth: Integers, groups: Integers, level: float) -> Floats:
    """Return for each class the smallest share with which it is put into the set.

    Class-conditional split conformal prediction (Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World,
    2005, §4.5; Vovk, ACML 2012) with the score 1 - share of the true class (Sadinle, Lei and Wasserman, JASA 114,
    2019). Of n rows of a class, ⌈(n + 1) level⌉ must have the least share or more; where n is too small for that it is
    0, so that the class is in every set. With repeats the shares of all of them are pooled, and n still counts rows
    that differ in their features, not predictions.

    Parameters
    ----------
    probabilities
        Out of fold, shape (repeats, rows, classes).

    Returns
    -------
    Shape (classes,).
    """
    least = np.zeros(probabilities.shape[2])
    for label in range(len(least)):
        rows = truth == label
        count = len(np.unique(groups[rows]))
        rank = int(np.ceil((count + 1) * level - 1e-9))
        if rank <= count:
            shares = np.sort(probabilities[:, rows, label].ravel())[::-1]
            least[label] = shares[-(-rank * len(shares) // count) - 1]
    return least


def choose_sets(probabilities: Floats, least: Floats) -> tuple[Flags, Flags]:
    """Return which classes are in each row's set, and which sets had none, so that the most probable class stands in.

    Parameters
    ----------
    probabilities
        Shape (rows, classes).
    """
    members = probabilities >= least
    empty: Flags = np.logical_not(members.any(axis=1))
    members[empty, probabilities[empty].argmax(axis=1)] = True
    return members, empty


def _of_class(hits: list[Floats], held_out: list[Integers], label: int) -> Floats:
    """Coverage of one class in each fold that has rows of it."""
    parts = [part[labels == label] for part, labels in zip(hits, held_out, strict=True)]
    return np.array([part.mean() for part in parts if part.size])
