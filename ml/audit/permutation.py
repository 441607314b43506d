"""The same evaluation with labels dealt out by chance: what it then still scores, chance or a leak gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from ml.audit.matrix import Floats, Integers, Mask
from ml.evaluate.cross_validation import align_probabilities
from ml.evaluate.splits import find_groups, repeat_folds
from ml.examination.audit import Finding
from ml.results import OutOfFold, Progress, Report, ignore_progress
from ml.spec import DatasetSpec
from ml.train import Family, fit_pipeline

SHUFFLES = 19
"""The fewest that can show p = 0.05; each costs a fold, or some, of a cross-validation."""
_SCORED_ROWS = 60
_STAGE = "examine"
_SIGNIFICANT = 0.05
_LEAK = 0.05
_SURE = 3.0
_SMALLEST = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Shuffled:
    """Scores on held-out rows, one a shuffle, beside the real one."""

    real_loss: float
    losses: Floats
    accuracies: Floats

    @property
    def reached(self) -> int:
        """Shuffles that did as well as the real labels."""
        return int((self.losses <= self.real_loss).sum())

    @property
    def p_value(self) -> float:
        """Share of shuffles, the real labels among them, that did as well as these."""
        return (1 + self.reached) / (1 + self.losses.size)


def shuffle_labels(
    family: Family,
    table: pd.DataFrame,
    spec: DatasetSpec,
    out_of_fold: OutOfFold,
    *,
    folds: int,
    seed: int,
    shuffles: int = SHUFFLES,
    report: Report = ignore_progress,
) -> Shuffled:
    """Cross-validate the family once for each of `shuffles` random orders of the labels.

    The score compared is the log-loss, which moves where accuracy stays with the commonest class, over as many folds of
    one repeat as hold 60 rows: a large table need not be fitted a hundred times to say that it knows something.
    """
    groups = find_groups(table[list(spec.feature_names)])
    scored = min(folds, -(-_SCORED_ROWS * folds // len(table)))
    losses, accuracies = [], []
    with threadpool_limits(1):
        for number in range(shuffles):
            report(Progress(_STAGE, number, shuffles))
            labels = np.random.default_rng([seed, 13, number]).permutation(out_of_fold.truth)
            shuffled = table.assign(**{spec.target.name: np.array(spec.target.categories, dtype=object)[labels]})
            fold = repeat_folds(labels, groups, folds, 1, seed)[0]
            parts = [_predict_fold(family, shuffled, spec, fold == part, seed) for part in range(scored)]
            truth = np.concatenate([labels[fold == part] for part in range(scored)])
            probabilities = np.concatenate(parts)
            losses.append(_log_loss(probabilities, truth))
            accuracies.append(float((probabilities.argmax(axis=1) == truth).mean()))
    is_scored = out_of_fold.fold[0] < scored
    real_loss = _log_loss(out_of_fold.probabilities[0][is_scored], out_of_fold.truth[is_scored])
    return Shuffled(real_loss, np.array(losses), np.array(accuracies))


def _predict_fold(family: Family, table: pd.DataFrame, spec: DatasetSpec, held_out: Mask, seed: int) -> Floats:
    pipeline = fit_pipeline(family, table[~held_out], spec, seed)
    found = pipeline.predict_proba(table.loc[held_out, list(spec.feature_names)])
    return align_probabilities(found, pipeline.classes_, spec.target.categories)


def check_permutation(shuffled: Shuffled, majority: float) -> tuple[Finding, ...]:
    """Say whether the score stands out from shuffled labels, and whether those score what chance cannot.

    Test 1 of M. Ojala and G. Garriga, Permutation tests for studying classifier performance, JMLR 11 (2010), with
    p = (r + 1)/(B + 1) for r of B shuffles that did as well; it cannot be below 1/(B + 1). Of labels dealt out by
    chance nobody can get more right than the commonest class, so what does knows them.
    """
    over, error = shuffled.accuracies.mean() - majority, shuffled.accuracies.std() / np.sqrt(shuffled.accuracies.size)
    if over > max(_LEAK, _SURE * error):
        evidence = {"accuracy": float(shuffled.accuracies.mean()), "majority": majority}
        return (Finding("shuffled_score", "cheat", (), evidence),)
    evidence = {
        "shuffles": shuffled.losses.size,
        "reached": shuffled.reached,
        "p": shuffled.p_value,
        "smallest": 1 / (1 + shuffled.losses.size),
    }
    if shuffled.p_value > _SIGNIFICANT:
        return (Finding("no_signal", "warning", (), evidence),)
    return (Finding("shuffled_labels", "note", (), evidence),)


def _log_loss(probabilities: Floats, labels: Integers) -> float:
    chosen = np.clip(probabilities[np.arange(labels.size), labels], _SMALLEST, 1)
    return float(-np.log(chosen).mean())
