"""What every chart is: a title that says its point, a figure for Plotly, a text alternative and its table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ml.charts.palette import LIGHT
from ml.files import begins_formula

Cell = str | int | float | None
_STEP = 60
_LOWEST, _HIGHEST = 180, 720


def write_csv(rows: Iterable[Sequence[Cell]]) -> str:
    """Write rows as CSV in which no spreadsheet finds a formula: strangers may have named what is in them."""
    lines = io.StringIO()
    csv.writer(lines).writerows([_quell(cell) for cell in row] for row in rows)
    return lines.getvalue()


def _quell(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and begins_formula(cell) else cell


@dataclass(frozen=True)
class Table:
    """The chart's numbers. `texts` is what people read, `cells` what they download."""

    headers: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
    texts: tuple[tuple[str, ...], ...]

    def to_csv(self) -> str:
        """Write the cells with their headers, numbers in full."""
        return write_csv((self.headers, *self.cells))


@dataclass(frozen=True)
class Outline:
    """What a page shows of a chart that is yet to be drawn; `rows` are the table's, as people read them."""

    name: str
    title: str
    alt: str
    height: int
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Figure:
    """One chart. `plotly` holds data and layout; `height` is in pixels, a multiple of 60."""

    name: str
    title: str
    alt: str
    plotly: dict[str, Any]
    table: Table

    @property
    def height(self) -> int:
        """The height that a page keeps free while the chart loads."""
        return int(self.plotly["layout"]["height"])

    @property
    def outline(self) -> Outline:
        """The figure without its drawing."""
        return Outline(self.name, self.title, self.alt, self.height, self.table.headers, self.table.texts)


def make_layout(height: float, separators: str, **changes: Any) -> dict[str, Any]:
    """Lay out a quiet chart; axes do not zoom, so that a finger that scrolls the page is not caught."""
    layout: dict[str, Any] = {
        "height": min(_HIGHEST, max(_LOWEST, -(-int(height) // _STEP) * _STEP)),
        "margin": {"l": 8, "r": 16, "t": 8, "b": 8, "pad": 6},
        "font": {"size": 13, "color": LIGHT["ink"]},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "separators": separators,
        "showlegend": False,
        "dragmode": False,
        "hoverlabel": {"align": "left"},
        "barcornerradius": 2,
        "xaxis": make_axis(),
        "yaxis": make_axis(),
    }
    return layout | changes


def make_axis(title: str = "", **changes: Any) -> dict[str, Any]:
    """Make an axis with thin lines and room for its labels."""
    axis: dict[str, Any] = {
        "automargin": True,
        "fixedrange": True,
        "exponentformat": "E",  # Plotly raises a power by an inline style, which the policy of our pages forbids
        "gridcolor": LIGHT["line"],
        "zerolinecolor": LIGHT["line"],
        "linecolor": LIGHT["line"],
        "title": {"text": title, "font": {"size": 12, "color": LIGHT["soft"]}, "standoff": 8},
    }
    return axis | changes


def make_category_axis(labels: list[str]) -> dict[str, Any]:
    """Make a vertical axis of labels, the first on top, at positions 0, 1, …: equal labels do not fall together."""
    places = list(range(len(labels)))
    return make_axis(
        tickmode="array", tickvals=places, ticktext=labels, range=[len(labels) - 0.5, -0.5], showgrid=False,
        zeroline=False,
    )  # fmt: skip
