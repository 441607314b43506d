"""Many dimensions of many runs: an upright axis each, a line a run, drawn as plain lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ml.charts.figure import Figure, make_axis, make_layout
from ml.charts.legend import TOP_LEGEND
from ml.charts.palette import colour
from ml.charts.reader import Reader, fold
from ml.charts.runs.scatter import tabulate
from ml.charts.runs.shades import Shade, shade_runs
from ml.charts.runs.values import Dimension, cut

MOST_NAMED = 6
"""Values that an axis names one by one, at even distances; of more it names the first and the last."""
_BELOW = -0.12
"""Where the line of a run passes that has no value on an axis."""
_HEIGHT = 480


def draw_parallel(
    names: Sequence[str], dimensions: Sequence[Dimension], by: Dimension | None, reader: Reader
) -> Figure:
    """Draw a line for each run over the dimensions, in the colour of its quarter by one of them, the best last."""
    places = range(len(names))
    shades = sorted(shade_runs(by, places, reader), key=lambda shade: shade.role)
    heights = [_heights(dimension) for dimension in dimensions]
    layout = make_layout(
        _HEIGHT, reader.separators, showlegend=by is not None, legend=TOP_LEGEND,
        xaxis=make_axis(
            tickmode="array", tickvals=list(range(len(dimensions))), ticktext=[fold(d.name) for d in dimensions],
            range=[-0.2, len(dimensions) - 0.55], zeroline=False,
        ),
        yaxis=make_axis(range=[-0.2, 1.06], showgrid=False, zeroline=False, showticklabels=False),
    )  # fmt: skip
    return Figure(
        name="parallel",
        title=_title(names, by, shades, reader),
        alt=reader.say(
            reader.words.parallel_alt, n=reader.count(len(names)), list="; ".join(item.name for item in dimensions)
        ),
        plotly={
            "data": [
                *(_lines(names, dimensions, heights, shade, reader) for shade in shades),
                _labels(dimensions, heights, reader),
            ],
            "layout": layout,
        },
        table=tabulate(names, dimensions, places, reader),
    )


def _title(names: Sequence[str], by: Dimension | None, shades: Sequence[Shade], reader: Reader) -> str:
    if by is None or by.numbers is None:
        return reader.say(reader.words.parallel_title, n=reader.count(len(names)))
    darkest = max(shades, key=lambda shade: shade.role)
    return reader.say(
        reader.words.parallel_title_by, n=reader.count(len(darkest.members)), all=reader.count(len(names)),
        metric=by.name, range=darkest.label,
    )  # fmt: skip


def _has_steps(dimension: Dimension) -> bool:
    """Whether the axis has a step for each value: so a grid of tried settings can be read."""
    is_given_few = not dimension.is_measured and len(dimension.categories) <= MOST_NAMED
    return dimension.numbers is None or is_given_few or len(set(dimension.known)) <= 1


def _heights(dimension: Dimension) -> list[float | None]:
    """Where each run's line crosses the axis: 0 at the bottom, 1 on top, None without a value."""
    if _has_steps(dimension):
        last = len(dimension.categories) - 1
        places = {text: number / last if last else 0.5 for number, text in enumerate(dimension.categories)}
        return [places.get(text) for text in dimension.texts]
    low, high = min(dimension.known), max(dimension.known)
    return [None if number is None else (number - low) / (high - low) for number in dimension.numbers or ()]


def _lines(
    names: Sequence[str],
    dimensions: Sequence[Dimension],
    heights: list[list[float | None]],
    shade: Shade,
    reader: Reader,
) -> dict[str, Any]:
    """The lines of some runs as one trace, with a gap after each."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    texts: list[str] = []
    for place in shade.members:
        for number, (dimension, ends) in enumerate(zip(dimensions, heights, strict=True)):
            height = ends[place]
            xs.append(number)
            ys.append(_BELOW if height is None else round(height, 4))
            texts.append(f"{fold(cut(names[place]))}<br>{fold(dimension.name)}: {fold(dimension.say(place, reader))}")
        xs.append(None)
        ys.append(None)
        texts.append("")
    return {
        "type": "scatter",
        "mode": "lines",
        "name": fold(shade.label) if shade.label else "",
        "x": xs,
        "y": ys,
        "hovertext": texts,
        "hoverinfo": "text",
        "opacity": 0.75,
        "line": {"color": colour(shade.role), "width": 1.5},
        "meta": {"role": shade.role},
    }


def _labels(dimensions: Sequence[Dimension], heights: list[list[float | None]], reader: Reader) -> dict[str, Any]:
    """What stands at the ends of each axis, or beside its categories."""
    marks = [
        (number, height, text)
        for number, (dimension, ends) in enumerate(zip(dimensions, heights, strict=True))
        for height, text in _ends(dimension, reader, has_gap=None in ends)
    ]
    return {
        "type": "scatter",
        "mode": "text",
        "x": [number for number, _height, _text in marks],
        "y": [height for _number, height, _text in marks],
        "text": [f" {fold(text)}" for _number, _height, text in marks],
        "textposition": "middle right",
        "textfont": {"size": 11, "shadow": "auto"},
        "cliponaxis": False,
        "showlegend": False,
        "hoverinfo": "skip",
    }


def _ends(dimension: Dimension, reader: Reader, *, has_gap: bool) -> list[tuple[float, str]]:
    below = [(_BELOW, reader.words.not_logged)] if has_gap else []
    if _has_steps(dimension):
        names = dimension.categories
        last = len(names) - 1
        shown = range(len(names)) if len(names) <= MOST_NAMED else (0, last)
        return [*((place / last if last else 0.5, cut(names[place])) for place in shown), *below]
    low, high = min(dimension.known), max(dimension.known)
    return [(0.0, dimension.read(low, reader)), (1.0, dimension.read(high, reader)), *below]
