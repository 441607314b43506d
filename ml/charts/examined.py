"""The figures of an examined run, by name."""

from __future__ import annotations

from collections.abc import Callable

from ml.charts import learning, sure
from ml.charts.figure import Figure
from ml.charts.reader import Reader
from ml.examination import Examination
from ml.results import Evaluation

_Draw = Callable[[Evaluation, Examination, Reader], Figure | None]
"""Returns None where the part that it draws was not examined."""

_DRAWERS: dict[str, _Draw] = {
    "reliability": sure.draw_reliability,
    "reliability-classes": sure.draw_reliability_by_class,
    "set-coverage": sure.draw_coverage,
    "set-sizes": sure.draw_set_sizes,
    "learning-accuracy": learning.draw_accuracy_curve,
    "learning-log_loss": learning.draw_log_loss_curve,
}


def draw_examined(name: str, evaluation: Evaluation, examination: Examination, reader: Reader) -> Figure | None:
    """Draw the figure of that name, or None where there is none."""
    draw = _DRAWERS.get(name)
    return draw(evaluation, examination, reader) if draw else None


def examined_figures(evaluation: Evaluation, examination: Examination, reader: Reader) -> dict[str, Figure]:
    """Draw all that there is something to draw of."""
    drawn = {name: draw(evaluation, examination, reader) for name, draw in _DRAWERS.items()}
    return {name: figure for name, figure in drawn.items() if figure is not None}
