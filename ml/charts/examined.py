"""The figures of an examined run, by name."""

from __future__ import annotations

from collections.abc import Callable

from ml.charts.figure import Figure
from ml.charts.reader import Reader
from ml.examination import Examination
from ml.results import Evaluation

_Draw = Callable[[Evaluation, Examination, Reader], Figure | None]
"""Returns None where the part that it draws was not examined."""

_DRAWERS: dict[str, _Draw] = {}


_DrawOne = Callable[[str, Evaluation, Examination, Reader], Figure | None]

_SERIES: dict[str, tuple[Callable[[Evaluation, Examination, Reader], tuple[str, ...]], _DrawOne]] = {}
"""Figures of which there is one a column or a metric, called `<kind>.<what>`: what there is, and how it is drawn."""


def draw_examined(name: str, evaluation: Evaluation, examination: Examination, reader: Reader) -> Figure | None:
    """Draw the figure of that name, or None where there is none."""
    kind, _, what = name.partition(".")
    if kind in _SERIES:
        _list, draw_one = _SERIES[kind]
        return draw_one(what, evaluation, examination, reader)
    draw = _DRAWERS.get(name)
    return draw(evaluation, examination, reader) if draw else None


def examined_names(evaluation: Evaluation, examination: Examination, reader: Reader) -> tuple[str, ...]:
    """Name every figure that might be drawn; of some there may turn out to be nothing."""
    series = (f"{kind}.{what}" for kind, (find, _) in _SERIES.items() for what in find(evaluation, examination, reader))
    return (*_DRAWERS, *series)


def examined_figures(evaluation: Evaluation, examination: Examination, reader: Reader) -> dict[str, Figure]:
    """Draw all that there is something to draw of."""
    names = examined_names(evaluation, examination, reader)
    drawn = {name: draw_examined(name, evaluation, examination, reader) for name in names}
    return {name: figure for name, figure in drawn.items() if figure is not None}
