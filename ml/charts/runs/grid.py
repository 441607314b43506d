"""A metric over two numbers that runs were given: means in cells, with lines of equal means where cells adjoin.

Nothing is guessed where no run lies. Numbers of a few different values have a cell each, others are cut into bins.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ml.charts.figure import Figure, Table, make_axis, make_layout
from ml.charts.palette import RAMP, colour
from ml.charts.reader import Reader, fold
from ml.charts.runs.values import Dimension, write_number
from ml.spread import mean

FEW_VALUES = 12
"""So many different values have a cell each."""
BINS = 8
_FEWEST_FOR_LINES = 3
_LINES = 6


@dataclass(frozen=True)
class GridPlan:
    """Two numbers across and up, and the metric whose mean each cell holds; bins widen by their share where log."""

    x: Dimension
    y: Dimension
    metric: Dimension
    log_x: bool = False
    log_y: bool = False


_Cells = dict[tuple[int, int], tuple[float, ...]]
"""The metric of the runs in each cell, by its place across and up."""


@dataclass(frozen=True)
class _Scale:
    """The bins of one number: what each is called, and which one a number falls into."""

    names: tuple[str, ...]
    places: tuple[int | None, ...]


def draw_grid(plan: GridPlan, reader: Reader) -> Figure:
    """Draw the mean of the metric in each cell, with the count of its runs."""
    words = reader.words
    across, up = _scale(plan.x, reader, is_log=plan.log_x), _scale(plan.y, reader, is_log=plan.log_y)
    cells = _gather(plan, across, up)
    means = [
        [mean(cells[c, r]) if (c, r) in cells else None for c in range(len(across.names))] for r in range(len(up.names))
    ]
    layout = make_layout(
        60 * len(up.names) + 140, reader.separators,
        xaxis=_axis(plan.x, across), yaxis=_axis(plan.y, up),
    )  # fmt: skip
    hovers = [[_hover(plan, (c, r), cells, across, up, reader) for c in range(len(row))] for r, row in enumerate(means)]
    lines = [_lines(means)] if _has_neighbours(means) else []
    return Figure(
        name="grid",
        title=_title(plan, cells, across, up, reader),
        alt=reader.say(words.grid_alt, metric=plan.metric.name, x=plan.x.name, y=plan.y.name),
        plotly={"data": [_tiles(plan, means, cells, hovers, reader), *lines], "layout": layout},
        table=_tabulate(plan, cells, across, up, reader),
    )


def is_binned(dimension: Dimension) -> bool:
    """Whether a number has too many different values for a cell each."""
    return len(set(dimension.known)) > FEW_VALUES


def _scale(dimension: Dimension, reader: Reader, *, is_log: bool) -> _Scale:
    numbers = dimension.numbers or ()
    values = sorted(set(dimension.known))
    if not is_binned(dimension):
        order = {value: place for place, value in enumerate(values)}
        return _Scale(
            tuple(dimension.read(value, reader) for value in values),
            tuple(None if number is None else order[number] for number in numbers),
        )
    turn = math.log if is_log else float
    low, high = turn(values[0]), turn(values[-1])
    width = (high - low) / BINS
    edges = [low + width * number for number in range(BINS + 1)]
    back = [math.exp(edge) if is_log else edge for edge in edges]
    return _Scale(
        tuple(f"{write_number(start, reader)} – {write_number(end, reader)}" for start, end in pairwise(back)),
        tuple(None if number is None else min(int((turn(number) - low) / width), BINS - 1) for number in numbers),
    )


def _gather(plan: GridPlan, across: _Scale, up: _Scale) -> _Cells:
    found: dict[tuple[int, int], list[float]] = {}
    for column, row, number in zip(across.places, up.places, plan.metric.numbers or (), strict=True):
        if column is not None and row is not None and number is not None:
            found.setdefault((column, row), []).append(number)
    return {place: tuple(values) for place, values in sorted(found.items())}


def _has_neighbours(means: list[list[float | None]]) -> bool:
    """Whether a block of three by three is full, without which lines would say nothing."""
    reach = range(_FEWEST_FOR_LINES)
    return any(
        all(means[row + i][column + j] is not None for i in reach for j in reach)
        for row in range(len(means) - 2)
        for column in range(len(means[0]) - 2)
    )


def _title(plan: GridPlan, cells: _Cells, across: _Scale, up: _Scale, reader: Reader) -> str:
    words = reader.words
    if not cells:
        return reader.say(words.scatter_title_empty, x=plan.x.name, y=plan.y.name)
    pick = min if plan.metric.is_lower_better else max
    column, row = pick(cells, key=lambda place: mean(cells[place]))
    best = cells[column, row]
    template = words.grid_title_lowest if plan.metric.is_lower_better else words.grid_title_highest
    return reader.say(
        template, metric=plan.metric.name, value=write_number(mean(best), reader), x=plan.x.name,
        x_value=across.names[column], y=plan.y.name, y_value=up.names[row], n=reader.count(len(best)),
    )  # fmt: skip


def _hover(plan: GridPlan, place: tuple[int, int], cells: _Cells, across: _Scale, up: _Scale, reader: Reader) -> str:
    column, row = place
    values = cells.get(place, ())
    found = write_number(mean(values), reader) if values else "–"
    return (
        f"{fold(plan.x.name)}: {across.names[column]}<br>{fold(plan.y.name)}: {up.names[row]}<br>"
        f"{fold(plan.metric.name)}: {found}, n = {len(values)}"
    )


def _tiles(
    plan: GridPlan, means: list[list[float | None]], cells: _Cells, hovers: list[list[str]], reader: Reader
) -> dict[str, Any]:
    """The cells, the best ones darkest."""
    step = -1 if plan.metric.is_lower_better else 1
    texts = [
        ["" if v is None else f"{write_number(v, reader)}<br>n = {len(cells[c, r])}" for c, v in enumerate(row)]
        for r, row in enumerate(means)
    ]
    return {
        "type": "heatmap",
        "z": means,
        "text": texts,
        "texttemplate": "%{text}",
        "hovertext": hovers,
        "hoverinfo": "text",
        "hoverongaps": False,
        "xgap": 2,
        "ygap": 2,
        "showscale": False,
        "colorscale": [[place / (len(RAMP) - 1), stop] for place, stop in enumerate(RAMP[::step])],
        "meta": {"scale": ["ramp:0", "ramp:0.3333", "ramp:0.6667", "ramp:1"][::step]},
    }


def _lines(means: list[list[float | None]]) -> dict[str, Any]:
    """Lines of equal means, by straight lines between the middles of cells that adjoin; gaps stay gaps."""
    return {
        "type": "contour",
        "z": means,
        "connectgaps": False,
        "ncontours": _LINES,
        "contours": {"coloring": "none", "showlabels": False},
        "line": {"color": colour("ink"), "width": 1, "dash": "dot", "smoothing": 0},
        "showscale": False,
        "hoverinfo": "skip",
        "meta": {"role": "ink"},
    }


def _axis(dimension: Dimension, scale: _Scale) -> dict[str, Any]:
    names = [fold(name) for name in scale.names]
    return make_axis(
        fold(dimension.name), tickmode="array", tickvals=list(range(len(names))), ticktext=names, showgrid=False,
        zeroline=False, range=[-0.5, len(names) - 0.5],
    )  # fmt: skip


def _tabulate(plan: GridPlan, cells: _Cells, across: _Scale, up: _Scale, reader: Reader) -> Table:
    words = reader.words
    lines = [
        (across.names[column], up.names[row], len(values), mean(values), min(values), max(values))
        for (column, row), values in cells.items()
    ]
    return Table(
        (plan.x.name, plan.y.name, words.runs, words.mean, words.minimum, words.maximum),
        tuple(lines),
        tuple((x, y, reader.count(n), *(write_number(v, reader) for v in values)) for x, y, n, *values in lines),
    )
