"""What stands first on a run's page: what it is worth in words, and the scores."""

from __future__ import annotations

from dataclasses import dataclass

from ml.spec import DatasetSpec
from webapp.formats import decimal
from webapp.runs.reports import RunReport
from webapp.runs.scores import FIRST_SCORES, make_scores
from webapp.runs.sentences import Worth, say_worth
from webapp.scores import Score


@dataclass(frozen=True)
class Summary:
    """A run's report in short."""

    worth: Worth
    scores: tuple[Score, ...]
    training_accuracy: str
    folds: int
    repeats: int
    rows_noun: str
    is_stand_in: bool


def summarise(report: RunReport, family: str, spec: DatasetSpec, language: str, verdict: str) -> Summary:
    """Put a run's report in short; `verdict` is the audit's, empty where there was none."""
    evaluation = report.evaluation
    scores = make_scores(evaluation, spec, language, FIRST_SCORES)
    return Summary(
        worth=say_worth(evaluation, family, spec, language, verdict),
        scores=tuple(scores[metric] for metric in FIRST_SCORES if metric in scores),
        training_accuracy=decimal(evaluation.training.get("accuracy")),
        folds=evaluation.folds,
        repeats=evaluation.repeats,
        rows_noun=spec.row_noun_plural.in_language(language),
        is_stand_in=report.origin.kind == "stand_in",
    )
