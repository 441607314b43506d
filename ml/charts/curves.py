"""ROC and precision–recall curves, a small panel for each class, with bands and what chance would give."""

from __future__ import annotations

from typing import Any

from ml.charts.figure import Cell, Figure, Table, make_axis, make_layout
from ml.charts.palette import colour, veil
from ml.charts.reader import Reader, fold
from ml.examination import Examination
from ml.examination.curves import ClassCurves, Curve
from ml.results import Estimate, Evaluation

_ACROSS = 2
_GAP_ACROSS, _GAP_DOWN = 0.09, 0.26
"""Shares of the plot between panels; the wider one holds two lines of words and an axis."""
_PANEL = 250


def draw_roc(_evaluation: Evaluation, examination: Examination, reader: Reader) -> Figure | None:
    """Draw each class's ROC curve."""
    words, curves = reader.words, examination.curves
    if curves is None or not curves.classes:
        return None
    panels = [_Panel(item, item.roc, reader, words.auc, [0.0, 1.0], [0.0, 1.0]) for item in curves.classes]
    best = max(curves.classes, key=lambda item: item.roc.area.mean)
    worst = min(curves.classes, key=lambda item: item.roc.area.mean)
    title = reader.say(
        words.roc_title,
        best=_name(best, reader), high=reader.number(best.roc.area.mean),
        worst=_name(worst, reader), low=reader.number(worst.roc.area.mean),
    )  # fmt: skip
    return _draw("roc", title, words.roc_alt, panels, curves.false_positive_rates, (words.false_alarms, words.recall))


def draw_precision_recall(_evaluation: Evaluation, examination: Examination, reader: Reader) -> Figure | None:
    """Draw each class's precision–recall curve."""
    words, curves = reader.words, examination.curves
    if curves is None or not curves.classes:
        return None
    panels = [
        _Panel(item, item.precision_recall, reader, words.average_precision,
               [0.0, 1.0], [item.precision_recall.chance] * 2)
        for item in curves.classes
    ]  # fmt: skip
    best = max(curves.classes, key=lambda item: item.precision_recall.area.mean - item.precision_recall.chance)
    title = reader.say(
        words.precision_recall_title,
        best=_name(best, reader), value=reader.number(best.precision_recall.area.mean),
        share=reader.number(best.precision_recall.chance),
    )  # fmt: skip
    return _draw(
        "precision-recall", title, words.precision_recall_alt, panels, curves.recalls, (words.recall, words.precision)
    )


def say_area(area: Estimate, reader: Reader) -> str:
    """An area with its interval."""
    return f"{reader.number(area.mean)} [{reader.number(area.low)}–{reader.number(area.high)}]"


class _Panel:
    """One class's curve and where it is drawn."""

    def __init__(
        self, item: ClassCurves, curve: Curve, reader: Reader, area: str,
        chance_x: list[float], chance_y: list[float],
    ) -> None:  # fmt: skip
        self.curve, self.reader = curve, reader
        self.label = _name(item, reader)
        self.head = f"{fold(self.label)}<br>{area} {say_area(curve.area, reader)}"
        self.chance = chance_x, chance_y


def _name(item: ClassCurves, reader: Reader) -> str:
    return reader.category(reader.spec.target.name, item.name)


def _draw(
    name: str, title: str, alt: str, panels: list[_Panel], grid: tuple[float, ...], axes: tuple[str, str]
) -> Figure:
    reader = panels[0].reader
    down = -(-len(panels) // _ACROSS)
    layout = make_layout(_PANEL * down + 40, reader.separators)
    layout["annotations"] = []
    traces: list[dict[str, Any]] = []
    for number, panel in enumerate(panels):
        place = "" if number == 0 else str(number + 1)
        across, top = _place(number, down)
        layout[f"xaxis{place}"] = _axis(axes[0], across, f"y{place}")
        layout[f"yaxis{place}"] = _axis(axes[1] if number % _ACROSS == 0 else "", top, f"x{place}")
        layout["annotations"].append(_head(panel.head, across[0], top[1]))
        traces += _trace(panel, grid, {"xaxis": f"x{place}", "yaxis": f"y{place}"})
    listed = "; ".join(panel.head.replace("<br>", " ") for panel in panels)
    return Figure(
        name=name,
        title=title,
        alt=reader.say(alt, list=listed),
        plotly={"data": traces, "layout": layout},
        table=_make_table(panels, grid, axes),
    )


def _place(number: int, down: int) -> tuple[list[float], list[float]]:
    """Where the panel stands: shares of the plot's width and height, rows counted from the top."""
    column, row = number % _ACROSS, number // _ACROSS
    width = (1 - _GAP_ACROSS * (_ACROSS - 1)) / _ACROSS
    height = (1 - _GAP_DOWN * (down - 0.75)) / down
    left, bottom = column * (width + _GAP_ACROSS), (down - 1 - row) * (height + _GAP_DOWN)
    return [left, left + width], [bottom, min(1.0, bottom + height)]


def _axis(title: str, domain: list[float], anchor: str) -> dict[str, Any]:
    return make_axis(
        title, domain=domain, anchor=anchor, range=[-0.01, 1.01], tickvals=[0, 0.5, 1], zeroline=False
    )  # fmt: skip


def _head(text: str, x: float, y: float) -> dict[str, Any]:
    return {
        "text": text, "x": x, "y": y, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom",
        "showarrow": False, "align": "left", "font": {"size": 12},
    }  # fmt: skip


def _trace(panel: _Panel, grid: tuple[float, ...], axes: dict[str, str]) -> list[dict[str, Any]]:
    curve, reader = panel.curve, panel.reader
    low, high = ([min(max(value, 0.0), 1.0) for value in ends] for ends in (curve.low, curve.high))
    x = list(grid)
    line = {"type": "scatter", "mode": "lines", "x": x} | axes
    hovers = [
        f"{reader.number(at)} → {reader.number(mean)} [{reader.number(a)}–{reader.number(b)}]"
        for at, mean, a, b in zip(grid, curve.mean, low, high, strict=True)
    ]
    return [
        line | {"x": panel.chance[0], "y": panel.chance[1], "hoverinfo": "skip", "meta": {"role": "faint"},
                "line": {"color": colour("faint"), "width": 1, "dash": "dot"}},
        line | {"y": low, "hoverinfo": "skip", "line": {"width": 0, "color": colour("faint")}},
        line | {"y": high, "hoverinfo": "skip", "line": {"width": 0, "color": colour("faint")}, "fill": "tonexty",
                "fillcolor": veil("accent"), "meta": {"veil": "accent"}},
        line | {"y": list(curve.mean), "hovertext": hovers, "hoverinfo": "text", "meta": {"role": "accent"},
                "line": {"color": colour("accent"), "width": 2}},
    ]  # fmt: skip


def _make_table(panels: list[_Panel], grid: tuple[float, ...], axes: tuple[str, str]) -> Table:
    reader = panels[0].reader
    low, high = reader.words.low_end, reader.words.high_end
    headers = (axes[0], *(f"{panel.label}{end}" for panel in panels for end in ("", f", {low}", f", {high}")))
    cells: list[tuple[Cell, ...]] = []
    texts: list[tuple[str, ...]] = []
    for number, at in enumerate(grid):
        values = [ends[number] for panel in panels for ends in (panel.curve.mean, panel.curve.low, panel.curve.high)]
        cells.append((at, *values))
        texts.append((reader.number(at, 3), *(reader.number(value) for value in values)))
    return Table(headers, tuple(cells), tuple(texts))
