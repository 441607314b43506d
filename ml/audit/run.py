"""The audit of a run of ours: its table, its score, and its pipeline fitted anew."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ml.audit.calibration import check_calibration
from ml.audit.claim import check_bound
from ml.audit.look import Look, look_at, make_report
from ml.audit.matrix import Floats, read_clean
from ml.audit.permutation import SHUFFLES, check_permutation, shuffle_labels
from ml.audit.predictions import check_folds
from ml.evaluate.cross_validation import cross_validate
from ml.examination.audit import AuditReport, Check, Finding, Severity
from ml.results import Evaluation, OutOfFold, Report, TrainingRequest, ignore_progress
from ml.spec import DatasetSpec
from ml.train import Family

_GAP = 0.05
_GRAVE_GAP = 0.25
_SAME = 1e-6
_Outcome = tuple[Check, tuple[Finding, ...]]


def audit_run(  # noqa: PLR0913 - a run is a family, its rows, its figures and what was asked
    family: Family,
    table: pd.DataFrame,
    spec: DatasetSpec,
    evaluation: Evaluation,
    out_of_fold: OutOfFold,
    request: TrainingRequest,
    *,
    settled: Family | None = None,
    shuffles: int = SHUFFLES,
    report: Report = ignore_progress,
) -> AuditReport:
    """Audit a family as it was evaluated on a table.

    Fitting the pipeline anew costs one repeat of the cross-validation and each shuffle a fold or some; a baseline,
    which hardly looks, is spared both. The shuffles are of `settled`, the family without its search, if it has one.
    """
    look = look_at(read_clean(table, spec, out_of_fold.truth, request.seed), folds=request.folds)
    outcomes = [
        (Check("training"), check_training(evaluation)),
        (Check("bound"), _check_score(evaluation, look)),
        (Check("folds"), _check_all_folds(out_of_fold, look)),
    ]
    if family.is_baseline:
        outcomes += [(Check(code, "baseline"), ()) for code in ("calibration", "refit", "permutation")]
    else:
        first = out_of_fold.probabilities[0]
        refit = _fit_anew(family, table, spec, out_of_fold, request.seed)
        shuffled = shuffle_labels(
            settled or family,
            table,
            spec,
            out_of_fold,
            folds=request.folds,
            seed=request.seed,
            shuffles=shuffles,
            report=report,
        )
        outcomes += [
            (Check("calibration"), check_calibration(first, out_of_fold.truth, spec.target.categories)),
            (Check("refit"), check_refit(first, refit, out_of_fold)),
            (Check("permutation"), check_permutation(shuffled, look.matrix.majority)),
        ]
    outcomes.append((Check("selection", "nested" if request.is_tuned else "one_tried"), ()))
    return make_report(look, [check for check, _ in outcomes], [finding for _, found in outcomes for finding in found])


def check_training(evaluation: Evaluation) -> tuple[Finding, ...]:
    """Hold the accuracy on the training rows against that on rows held out."""
    training, held_out = evaluation.training["accuracy"], evaluation.metrics["accuracy"].mean
    if training - held_out < _GAP:
        return ()
    severity: Severity = "warning" if training - held_out >= _GRAVE_GAP else "note"
    return (Finding("training_gap", severity, (), {"training": training, "held_out": held_out}),)


def check_refit(first: Floats, refit: Floats, out_of_fold: OutOfFold) -> tuple[Finding, ...]:
    """Hold the out-of-fold probabilities of the first repeat against those of a pipeline fitted inside the folds.

    They have to be the same. Where they are not, something was learned elsewhere: a cheat if that scores better.
    """
    is_other = np.abs(first - refit).max(axis=1) > _SAME
    if not is_other.any():
        return ()
    truth = out_of_fold.truth
    accuracy, again = (float((found.argmax(axis=1) == truth).mean()) for found in (first, refit))
    evidence = {"accuracy": accuracy, "refit": again, "rows": int(is_other.sum())}
    return (Finding("refit_differs", "cheat" if accuracy > again else "warning", (), evidence),)


def _check_score(evaluation: Evaluation, look: Look) -> tuple[Finding, ...]:
    accuracy = evaluation.metrics["accuracy"]
    return check_bound(accuracy.mean, (accuracy.low, accuracy.high), look.bound, on_these_rows=True)


def _check_all_folds(out_of_fold: OutOfFold, look: Look) -> tuple[Finding, ...]:
    """Return the finding of the repeat in which the most equal rows were parted."""
    rows = np.arange(look.matrix.rows)
    found = [check_folds(rows, fold, look.matrix, look.bound, look.copies) for fold in out_of_fold.fold]
    return max(found, key=lambda findings: float(findings[0].evidence["rows"]) if findings else 0.0)


def _fit_anew(family: Family, table: pd.DataFrame, spec: DatasetSpec, out_of_fold: OutOfFold, seed: int) -> Floats:
    found = cross_validate(
        [family], table, spec, out_of_fold.fold[:1], seed=seed, n_jobs=None, report=ignore_progress
    )  # fmt: skip
    probabilities: Floats = found.probabilities[0, 0]
    return probabilities
