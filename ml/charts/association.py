"""How closely every pair of columns goes together."""

from __future__ import annotations

from html import escape
from textwrap import shorten
from typing import Any

from ml.charts.figure import Figure, Table, make_axis, make_layout
from ml.charts.palette import LIGHT, RAMP
from ml.charts.reader import Reader, fold
from ml.exploration import Exploration

_WIDEST = 24
"""Letters of a label that stands upright: on a phone the columns are narrower than two lines."""


def draw_association(found: Exploration, reader: Reader) -> Figure:
    """Draw the lower half of the matrix, the target's row on top."""
    words, names = reader.words, found.association_columns
    labels = [reader.label(name) for name in names]
    pairs = [(i, j, found.association[i][j]) for i in range(len(names)) for j in range(i)]
    layout = make_layout(
        34 * len(names) + 150, reader.separators,
        xaxis=_axis([escape(shorten(label, _WIDEST, placeholder="…")) for label in labels[:-1]], angle=-90),
        yaxis=_axis([fold(label) for label in labels[1:]], angle=0) | {"range": [len(names) - 1.5, -0.5]},
    )  # fmt: skip
    return Figure(
        name="association",
        title=_title(pairs, labels, reader),
        alt=words.association_alt,
        plotly={"data": [_squares(found, labels, reader)], "layout": layout},
        table=Table(
            (words.column, words.other_column, words.association),
            tuple((names[i], names[j], value) for i, j, value in pairs),
            tuple((labels[i], labels[j], reader.number(value, 2)) for i, j, value in pairs),
        ),
    )  # fmt: skip


def _title(pairs: list[tuple[int, int, float | None]], labels: list[str], reader: Reader) -> str:
    """Name the closest pair of features: the target has a chart of its own."""
    features = [(value, i, j) for i, j, value in pairs if j > 0 and value]
    if not features:
        return reader.words.association_title_none
    value, i, j = max(features)
    return reader.say(reader.words.association_title, first=labels[j], second=labels[i], value=reader.number(value))


def _squares(found: Exploration, labels: list[str], reader: Reader) -> dict[str, Any]:
    size = len(labels) - 1
    values = [[found.association[i + 1][j] if j <= i else None for j in range(size)] for i in range(size)]
    return {
        "type": "heatmap",
        "z": values,
        "text": [["" if value is None else reader.number(value) for value in row] for row in values],
        "texttemplate": "%{text}",
        "hovertext": [
            [f"{fold(labels[i + 1])} × {fold(labels[j])}: {reader.number(values[i][j])}" for j in range(size)]
            for i in range(size)
        ],
        "hoverinfo": "text",
        "hoverongaps": False,
        "zmin": 0,
        "zmax": 1,
        "xgap": 2,
        "ygap": 2,
        "showscale": False,
        "colorscale": _scale(),
        "meta": {"scale": ["panel", "ramp:0", "ramp:0.3333", "ramp:0.6667", "ramp:1"]},
    }


def _scale() -> list[list[float | str]]:
    stops = (LIGHT["panel"], *RAMP)
    return [[place / (len(stops) - 1), stop] for place, stop in enumerate(stops)]


def _axis(labels: list[str], angle: int) -> dict[str, Any]:
    return make_axis(
        tickmode="array", tickvals=list(range(len(labels))), ticktext=labels,
        tickangle=angle, tickfont={"size": 11}, showgrid=False, zeroline=False,
    )  # fmt: skip
