"""Repeated cross-validation of a family beside the baselines, put together into one value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.pipeline import Pipeline

from ml.evaluate.cross_validation import align_probabilities, cross_validate
from ml.evaluate.intervals import compare_means, estimate_mean
from ml.evaluate.metrics import count_confusion, report_classes, score_predictions
from ml.evaluate.rules import class_shares, decide_folds, score_folds
from ml.evaluate.splits import check_split, find_groups, hash_folds, read_labels, repeat_folds
from ml.results import Baseline, Estimate, Evaluation, OutOfFold, Report, ignore_progress
from ml.rules import ARGMAX, DEFAULT_RULE, Decision
from ml.spec import DatasetSpec
from ml.train import FAMILIES, Family, fit_family

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
FoldScores = Mapping[str, Floats]
"""Every metric of every fold, repeat by repeat."""


def evaluate_family(  # noqa: PLR0913 - the plan of the folds is four numbers, and each may be asked for
    family: Family,
    table: pd.DataFrame,
    spec: DatasetSpec,
    *,
    folds: int,
    repeats: int,
    seed: int,
    n_jobs: int | None = None,
    report: Report = ignore_progress,
    fitted: Pipeline | None = None,
    rule: str = DEFAULT_RULE,
) -> tuple[Evaluation, OutOfFold]:
    """Cross-validate `family` and every baseline on the same folds.

    Rows with equal features are always held out together, and all that is learned, preprocessing included, is learned
    from a fold's training rows. `seed` fixes the folds and the models; `n_jobs` changes nothing but the time.

    Parameters
    ----------
    table
        Clean: every row has a class of the spec.
    n_jobs
        Folds worked on at a time, as joblib counts; None for one.
    report
        Called as folds are finished. What it raises ends the evaluation.
    fitted
        The family as `fit_family` fits it to all of `table` with `seed`, if it is at hand: its scores on those rows
        are the training-set scores. Otherwise one is fitted for them.
    rule
        By which the family and the best single column answer, so that a difference between them is not the rule's. The
        class prior names the commonest class by any rule: for how frequent it is, no class is likelier than another.

    Raises
    ------
    EvaluationError
        Where the table has one class only, or too few rows of some class for so many folds.
    """
    classes = spec.target.categories
    truth, groups = read_labels(table, spec), find_groups(table[list(spec.feature_names)])
    check_split(truth, groups, classes, folds, repeats)
    fold = repeat_folds(truth, groups, folds, repeats, seed)
    rivals = [item for item in FAMILIES.values() if item.is_baseline]
    families = [family, *(rival for rival in rivals if rival.name != family.name)]
    results = cross_validate(families, table, spec, fold, seed=seed, n_jobs=n_jobs, report=report)
    scores = {
        item.name: score_folds(
            OutOfFold(probabilities, fold, truth), rule if item is family else _rule_of(item, rule), classes
        )
        for item, probabilities in zip(families, results.probabilities, strict=True)
    }
    columns = {item.name: chosen for item, chosen in zip(families, results.columns, strict=True)}
    out_of_fold = OutOfFold(results.probabilities[0], fold, truth)
    confusion = _count_confusion(out_of_fold, rule)
    evaluation = Evaluation(
        classes=classes,
        rows=len(table),
        folds=folds,
        repeats=repeats,
        seed=seed,
        metrics=_estimate(scores[family.name], folds),
        baselines={
            rival.name: _compare(rival, columns[rival.name], scores[family.name], scores[rival.name], folds)
            for rival in rivals
        },
        training=_score_training(fitted or fit_family(family, table, spec, seed), table, truth, spec, rule),
        classification_report=report_classes(confusion, classes),
        confusion_matrix=tuple(tuple(row) for row in confusion.tolist()),
        fold_metrics={name: tuple(values.tolist()) for name, values in scores[family.name].items()},
        folds_sha256=hash_folds(fold, truth),
        rule=rule,
    )
    return evaluation, out_of_fold


def _rule_of(rival: Family, rule: str) -> str:
    return ARGMAX if rival.name == "prior" else rule


def _estimate(scores: FoldScores, folds: int) -> dict[str, Estimate]:
    return {name: estimate_mean(values, folds) for name, values in scores.items()}


def _compare(rival: Family, columns: tuple[str, ...], ours: FoldScores, theirs: FoldScores, folds: int) -> Baseline:
    return Baseline(
        family=rival.name,
        detail=Counter(columns).most_common(1)[0][0],
        metrics=_estimate(theirs, folds),
        differences={name: compare_means(ours[name], theirs[name], folds) for name in ours},
    )


def _count_confusion(out_of_fold: OutOfFold, rule: str) -> Floats:
    """Return the mean counts a repeat, shape (classes, classes), the truth down."""
    repeats, _, classes = out_of_fold.probabilities.shape
    answers = decide_folds(out_of_fold, rule)
    counts = count_confusion(np.tile(out_of_fold.truth, repeats), answers.ravel(), classes)
    means: Floats = counts / repeats
    return means


def _score_training(
    fitted: Pipeline, table: pd.DataFrame, truth: Integers, spec: DatasetSpec, rule: str
) -> dict[str, float]:
    classes = spec.target.categories
    found = fitted.predict_proba(table[list(spec.feature_names)])
    shares = align_probabilities(found, fitted.classes_, classes)
    answered = Decision(rule, class_shares(truth, len(classes))).decide(shares)
    return score_predictions(truth, shares, classes, answered=answered)
