"""What the answers rest on: the importance of each column, and what the model says as one column changes."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from ml.examination.reasons import Importance, Reasons
from webapp.charts.views import FigureView
from webapp.formats import decimal, integer
from webapp.runs.context import Context, Section
from webapp.runs.pickers import Choice


@dataclass(frozen=True)
class WhyView:
    """The importance of all columns, and the dependence on one, or on all where nothing can be asked."""

    point: str
    method: str
    importance: FigureView
    choices: tuple[Choice, ...]
    dependence: tuple[FigureView, ...]


def show(context: Context) -> Section | None:
    """Lay out importance, most first, and the dependence on the column that is asked for, else on the first."""
    reasons = context.report.examination.reasons
    if reasons is None or not reasons.importance.columns or not _is_known(reasons, context):
        return None
    traced = {item.column for item in reasons.dependence if item.probabilities}
    columns = [item.column for item in reasons.importance.columns if item.column in traced]
    chosen = [name for name in columns if context.asked.is_whole or name == context.asked.column] or columns[:1]
    view = WhyView(
        point=_say_point(reasons.importance, context),
        method=_say_method(reasons.importance, context),
        importance=context.figures["importance"],
        choices=() if context.asked.is_whole else tuple(_choice(name, context, chosen) for name in columns),
        dependence=tuple(context.figures[f"dependence.{name}"] for name in chosen),
    )
    return Section("why", _("What the answers rest on"), view)


def _is_known(reasons: Reasons, context: Context) -> bool:
    """Whether the spec, which may have changed since, still knows every column."""
    return {item.column for item in reasons.importance.columns} <= set(context.reader.spec.feature_names)


def _choice(name: str, context: Context, chosen: list[str]) -> Choice:
    href = url_for("runs.show", run_id=context.run_id, column=name, metric=context.asked.metric or None, _anchor="why")
    return Choice(context.reader.label(name), href, name in chosen)


def _say_point(importance: Importance, context: Context) -> str:
    sure = sum(item.log_loss.low > 0 for item in importance.columns)
    if not sure:
        return _("No single column is missed beyond doubt: columns that say the same stand in for each other.")
    first = importance.columns[0]
    return _(
        "Most of all on %(column)s: shuffled among the held-out rows, it costs %(points)s points of accuracy."
        " %(sure)s of %(all)s columns are missed beyond doubt.",
        column=context.reader.label(first.column), points=decimal(100 * first.accuracy.mean, 1),
        sure=integer(sure), all=integer(len(importance.columns)),
    )  # fmt: skip


def _say_method(importance: Importance, context: Context) -> str:
    return _(
        "Permutation importance: in each of %(repeats)s × %(folds)s folds the model is fitted anew, and one column of"
        " the held-out %(rows)s is shuffled %(shuffles)s times; 95\N{NO-BREAK SPACE}%% corrected-resampled intervals. 0"
        " is a column that is not missed.",
        repeats=importance.repeats, folds=importance.folds, shuffles=importance.shuffles, rows=context.rows_noun,
    )  # fmt: skip
