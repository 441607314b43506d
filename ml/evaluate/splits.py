"""Folds that keep equal rows together and every class in proportion."""

from __future__ import annotations

from hashlib import sha256

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.spec import DatasetSpec

Integers = npt.NDArray[np.int64]


class EvaluationError(ValueError):
    """The table cannot be evaluated so; the message says why and what to do."""


def repeat_folds(labels: Integers, groups: Integers, folds: int, repeats: int, seed: int) -> Integers:
    """Return the fold in which each row is held out, shape (repeats, rows); a repeat depends on nothing but its seed.

    Parameters
    ----------
    labels
        Class of each row, counted from 0.
    groups
        Rows of one group share a fold.
    """
    return np.array(
        [assign_folds(labels, groups, folds, np.random.default_rng([seed, repeat])) for repeat in range(repeats)]
    )


def hash_folds(fold: Integers, labels: Integers) -> str:
    """Return a checksum that is the same where rows of the same classes are held out together, in the same order."""
    content = np.vstack([labels, fold]).astype("<i4")
    return sha256(repr(content.shape).encode() + content.tobytes()).hexdigest()


def find_groups(features: pd.DataFrame) -> Integers:
    """Number the distinct feature vectors; rows with the same number are equal in every cell, missing ones included."""
    if not features.columns.size:
        raise EvaluationError("no feature column is left to predict from")
    numbers = features.groupby(list(features.columns), dropna=False, sort=False).ngroup()
    return np.asarray(numbers, dtype=np.int64)


def assign_folds(labels: Integers, groups: Integers, folds: int, random: np.random.Generator) -> Integers:
    """Deal the groups out to folds in random order, the largest first.

    Each goes to the fold that has the smallest share of its classes so far, then to the one with fewest rows. So every
    class is spread as evenly as its groups allow, whatever the order of the rows.
    """
    table = np.zeros((groups.max() + 1, labels.max() + 1), dtype=np.int64)
    np.add.at(table, (groups, labels), 1)
    weights = (1 / np.maximum(table.sum(axis=0), 1)).tolist()
    contents = [[(label, count) for label, count in enumerate(row) if count] for row in table.tolist()]
    shuffled = random.permutation(len(table))
    order = shuffled[np.argsort(-table.sum(axis=1)[shuffled], kind="stable")]
    places = range(folds)
    filled = [[0] * folds for _ in weights]  # rows of each class in each fold so far
    sizes, chosen = [0] * folds, np.zeros(len(table), dtype=np.int64)
    for group in order.tolist():
        content = contents[group]
        if len(content) == 1:
            shares: list[float] = filled[content[0][0]]  # a weight would change nothing
        else:
            shares = [sum(filled[label][place] * n * weights[label] for label, n in content) for place in places]
        place = min(zip(shares, sizes, places, strict=True))[2]
        chosen[group] = place
        for label, count in content:
            filled[label][place] += count
            sizes[place] += count
    return random.permutation(folds)[chosen][groups]


def read_labels(table: pd.DataFrame, spec: DatasetSpec) -> Integers:
    """Return the position of each row's class in the spec's order.

    Raises
    ------
    EvaluationError
        Where a row has no label, or one that is no class.
    """
    target = spec.target
    found = pd.Index(target.categories, dtype=object).get_indexer(pd.Index(table[target.name], dtype=object))
    labels = found.astype(np.int64)
    if (labels < 0).any():
        row = int(np.flatnonzero(labels < 0)[0])
        raise EvaluationError(
            f"{int((labels < 0).sum())} rows have no class of {target.name!r} (the first is row {row},"
            f" {table[target.name].iloc[row]!r}): clean the table first"
        )
    return labels


def check_split(labels: Integers, groups: Integers, classes: tuple[str, ...], folds: int, repeats: int) -> None:
    """See that every class can be in every fold.

    Raises
    ------
    EvaluationError
        Naming the first class with too few rows, or too few that differ, and their count.
    """
    if folds < 2 or repeats < 1:  # noqa: PLR2004 - one fold leaves nothing to train on
        raise EvaluationError(f"at least 2 folds and 1 repeat are needed, not {folds} and {repeats}")
    present = [classes[label] for label in np.unique(labels)]
    if len(present) < 2:  # noqa: PLR2004 - one class leaves nothing to tell apart
        shown = f"every row is {present[0]!r}" if present else "there are no rows"
        raise EvaluationError(f"at least two classes are needed to tell apart, but {shown}")
    for label, name in enumerate(classes):
        rows = int((labels == label).sum())
        distinct = len(np.unique(groups[labels == label]))
        if distinct < folds:
            but = f", of which only {distinct} differ in their features" if distinct < rows else ""
            raise EvaluationError(
                f"class {name!r} has {rows} rows{but}: too few for {folds} folds, which need at least {folds} of every"
                f" class; {_advise(distinct)}"
            )


def _advise(distinct: int) -> str:
    more = "use a table with more of them"
    return f"choose {distinct} folds or fewer, or {more}" if distinct > 1 else more
