"""Precision, recall and F1 of each class."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from ml.results import ClassFigures
from webapp.runs.context import Context, Section
from webapp.runs.scores import step_of


@dataclass(frozen=True)
class ClassLine:
    """A line of the classification report; `step` is the class's place in the ordered ramp, 1 to 4, or 0."""

    name: str
    precision: float
    recall: float
    f1: float
    support: int
    step: int


@dataclass(frozen=True)
class ClassesView:
    """The classification report, the best class on top."""

    rows: int
    rows_noun: str
    classes: tuple[ClassLine, ...]
    macro: ClassLine
    weighted: ClassLine


def show(context: Context) -> Section:
    """Lay out the classification report."""
    evaluation, labels = context.report.evaluation, context.class_labels
    figures = evaluation.classification_report
    lines = [
        _line(labels[i], figures.per_class[name], step_of(i, len(labels))) for i, name in enumerate(evaluation.classes)
    ]
    view = ClassesView(
        rows=evaluation.rows,
        rows_noun=context.rows_noun,
        classes=tuple(reversed(lines)),
        macro=_line(_("Macro mean"), figures.macro, 0),
        weighted=_line(_("Weighted mean"), figures.weighted, 0),
    )
    return Section("classes", _("Classification report"), view)


def _line(name: str, figures: ClassFigures, step: int) -> ClassLine:
    return ClassLine(name, figures.precision, figures.recall, figures.f1, figures.support, step)
