"""Every metric with its company, and what the training rows say, struck through."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from webapp.formats import decimal
from webapp.runs.context import Context, Section
from webapp.runs.scores import make_scores
from webapp.scores import Score


@dataclass(frozen=True)
class ScoreLine:
    """A metric of the long table."""

    score: Score
    training: str


@dataclass(frozen=True)
class MetricsView:
    """The long table."""

    lines: tuple[ScoreLine, ...]


def show(context: Context) -> Section:
    """Lay out every metric."""
    evaluation = context.report.evaluation
    scores = make_scores(evaluation, context.reader.spec, context.reader.language)
    lines = tuple(ScoreLine(score, decimal(evaluation.training.get(metric))) for metric, score in scores.items())
    return Section("metrics", _("Every metric"), MetricsView(lines))
