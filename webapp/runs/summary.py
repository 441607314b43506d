"""What stands first on a run's page: what it is worth in words, the audit in a word, and the scores."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from ml.examination.audit import AuditReport
from ml.spec import DatasetSpec
from webapp.formats import decimal
from webapp.runs.reports import RunReport
from webapp.runs.scores import FIRST_SCORES, make_scores
from webapp.runs.sentences import Worth, say_worth
from webapp.scores import Score


@dataclass(frozen=True)
class Verdict:
    """The audit in a word; `kind` picks the icon: good, look or bad."""

    kind: str
    word: str


@dataclass(frozen=True)
class Summary:
    """A run's report in short. `audit` is None where the run was not audited."""

    worth: Worth
    audit: Verdict | None
    scores: tuple[Score, ...]
    training_accuracy: str
    folds: int
    repeats: int
    rows_noun: str
    is_stand_in: bool


def summarise(report: RunReport, family: str, spec: DatasetSpec, language: str) -> Summary:
    """Put a run's report in short."""
    evaluation = report.evaluation
    scores = make_scores(evaluation, spec, language, FIRST_SCORES)
    return Summary(
        worth=say_worth(evaluation, family, spec, language),
        audit=judge(report.examination.audit),
        scores=tuple(scores[metric] for metric in FIRST_SCORES if metric in scores),
        training_accuracy=decimal(evaluation.training.get("accuracy")),
        folds=evaluation.folds,
        repeats=evaluation.repeats,
        rows_noun=spec.row_noun_plural.in_language(language),
        is_stand_in=report.origin.kind == "stand_in",
    )


def judge(audit: AuditReport | None) -> Verdict | None:
    """The audit's verdict as people read it."""
    if audit is None:
        return None
    known = {
        "clean": Verdict("good", _("Clean")),
        "look": Verdict("look", _("Look here")),
        "cheat": Verdict("bad", _("Not what it claims")),
    }
    return known[audit.verdict]
