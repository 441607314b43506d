"""The figures of an exploration, by name."""

from __future__ import annotations

from collections.abc import Callable

from ml.charts.association import draw_association
from ml.charts.by_class import draw_by_class
from ml.charts.figure import Figure
from ml.charts.information import draw_information
from ml.charts.numeric import draw_boxes, draw_histogram
from ml.charts.quality import draw_cleaning, draw_missing, draw_twins
from ml.charts.reader import Reader
from ml.charts.target import draw_target
from ml.exploration import Exploration

_WHOLE: dict[str, Callable[[Exploration, Reader], Figure]] = {
    "target": draw_target,
    "information": draw_information,
    "association": draw_association,
    "twins": draw_twins,
    "missing": draw_missing,
    "cleaning": draw_cleaning,
}


def figure_names(found: Exploration) -> tuple[str, ...]:
    """The names of all figures that these numbers fill; one of a column is named `by-class.<column>` and so on."""
    is_idle = {
        "missing": not any(item.cells for item in found.missing),
        "cleaning": not any(item.cells_changed or item.cells_lost for item in found.raw),
    }
    whole = [name for name in _WHOLE if not is_idle.get(name, False)]
    by_class = [f"by-class.{column.column}" for column in found.categorical]
    numeric = [f"{kind}.{column.column}" for column in found.numeric for kind in ("histogram", "box")]
    return (*whole, *by_class, *numeric)


def draw_figure(name: str, found: Exploration, reader: Reader) -> Figure | None:
    """Draw the figure of that name, or None where there is none."""
    if name not in figure_names(found):
        return None
    if name in _WHOLE:
        return _WHOLE[name](found, reader)
    kind, _, column = name.partition(".")
    if kind == "by-class":
        return draw_by_class(found, next(item for item in found.categorical if item.column == column), reader)
    numbers = next(item for item in found.numeric if item.column == column)
    return draw_histogram(numbers, reader) if kind == "histogram" else draw_boxes(numbers, reader)


def exploration_figures(found: Exploration, reader: Reader) -> dict[str, Figure]:
    """Draw them all."""
    drawn = {name: draw_figure(name, found, reader) for name in figure_names(found)}
    return {name: figure for name, figure in drawn.items() if figure is not None}
