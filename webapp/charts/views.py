"""A figure as a template shows it."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass, fields

from flask_babel import gettext

from ml.charts.figure import Figure, Outline
from ml.charts.reader import Reader
from ml.charts.words import ENGLISH, Words
from ml.spec import DatasetSpec


@dataclass(frozen=True)
class FigureView(Outline):
    """What the macro `chart` shows. `height` picks a class, so that nothing jumps when the chart arrives."""

    json_url: str
    csv_url: str
    plotly_url: str
    """Empty where the page holds plotly.js itself."""


def show_figure(figure: Figure | Outline, *, json_url: str, csv_url: str, plotly_url: str) -> FigureView:
    """Name what the template needs of a figure, for which it need not be drawn."""
    outline = figure if isinstance(figure, Outline) else figure.outline
    return FigureView(**vars(outline), json_url=json_url, csv_url=csv_url, plotly_url=plotly_url)


def embed_figure(figure: Figure) -> FigureView:
    """Name the same for a page that opens offline: figure and numbers lie in the page itself, as data: addresses."""
    return show_figure(
        figure,
        json_url=_as_data(json.dumps(figure.plotly, ensure_ascii=False, separators=(",", ":")), "application/json"),
        csv_url=_as_data(figure.table.to_csv(), "text/csv;charset=utf-8"),
        plotly_url="",
    )


def _as_data(text: str, mimetype: str) -> str:
    return f"data:{mimetype};base64,{b64encode(text.encode()).decode()}"


def make_reader(spec: DatasetSpec, language: str) -> Reader:
    """The reader of this request: every sentence of a chart in their language."""
    words = {item.name: gettext(getattr(ENGLISH, item.name)) for item in fields(Words)}
    return Reader(spec, language, Words(**words))
