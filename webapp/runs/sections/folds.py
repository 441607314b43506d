"""Every fold's own value of a metric: how much luck there is in one split."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from ml.charts.folds import list_metrics
from ml.results import LOWER_IS_BETTER, Evaluation
from webapp.charts.views import FigureView
from webapp.formats import decimal, integer
from webapp.runs.context import Context, Section
from webapp.runs.pickers import Choice
from webapp.runs.scores import FIRST_SCORES, is_shown
from webapp.scores import describe_metric


@dataclass(frozen=True)
class FoldsView:
    """One metric's folds, or the first metrics' where nothing can be asked."""

    point: str
    choices: tuple[Choice, ...]
    figures: tuple[FigureView, ...]


def show(context: Context) -> Section | None:
    """Lay out the folds of the metric that is asked for, else of accuracy."""
    spec, evaluation = context.reader.spec, context.report.evaluation
    found = list_metrics(evaluation, context.report.examination, context.reader)
    metrics = [name for name in evaluation.metrics if name in found and is_shown(name, spec)]
    if not metrics:
        return None
    if context.asked.is_whole:
        chosen = [name for name in metrics if name in FIRST_SCORES] or metrics[:1]
    else:
        chosen = [name for name in metrics if name == context.asked.metric] or metrics[:1]
    view = FoldsView(
        point=_say_point(evaluation, chosen[0]),
        choices=() if context.asked.is_whole else tuple(_choice(name, context, chosen) for name in metrics),
        figures=tuple(context.figures[f"folds.{name}"] for name in chosen),
    )
    return Section("folds", _("Fold by fold"), view)


def _choice(name: str, context: Context, chosen: list[str]) -> Choice:
    href = url_for(
        "runs.show", run_id=context.run_id, column=context.asked.column or None, metric=name, _anchor="folds"
    )
    return Choice(describe_metric(name)[0], href, name in chosen)


def _say_point(evaluation: Evaluation, metric: str) -> str:
    """In how many folds the single column does as well as the mean of the run: what one split might have said."""
    values, single = evaluation.fold_metrics[metric], evaluation.baselines["single_column"].metrics[metric].mean
    below = sum((value >= single) if metric in LOWER_IS_BETTER else (value <= single) for value in values)
    return _(
        "One split alone might have said anything from %(low)s to %(high)s. In %(below)s of %(all)s folds the run is no"
        " better than the mean of the best single column, %(single)s.",
        low=decimal(min(values)), high=decimal(max(values)), below=integer(below), all=integer(len(values)),
        single=decimal(single),
    )  # fmt: skip
