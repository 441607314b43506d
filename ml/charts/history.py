"""One metric of one run, value by value."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from ml.charts.axes import Axes, can_be_log, configure, isolate, lay_out, make_hover, pick_unit, place_across, say_time
from ml.charts.direction import find_direction
from ml.charts.figure import Cell, Figure, Table
from ml.charts.palette import colour
from ml.charts.reader import Reader, fold
from ml.histories import Curve, Stretch, join_stretches, list_drawn

_ROWS = 24
"""Of the table on the page; the file to keep has every value."""
_NAME_ON_AXIS = 44
_FEW = 40
"""Up to so many values each has a dot: one between two gaps has no line."""


def name_figure(key: str) -> str:
    """A name that fits an address and an anchor, whatever the metric is called."""
    return f"history-{sha256(key.encode()).hexdigest()[:10]}"


def draw_history(curve: Curve, asked: Axes, reader: Reader) -> Figure:
    """Draw a curve, and before it its moving average where that is asked for."""
    axes = Axes(asked.across, asked.is_log and can_be_log([curve]))
    begin = curve.stretches[0].first.time
    unit = pick_unit(max(item.last.time for item in curve.stretches) - begin, reader)
    at = place_across(axes.across, begin, unit)

    def trace(stretches: tuple[Stretch, ...], **style: Any) -> dict[str, Any]:
        points = list(list_drawn(stretches))
        return {
            "type": "scatter",
            "mode": "lines+markers" if len(points) <= _FEW else "lines",
            "x": [at(point) if point else None for point in points],
            "y": [point.value if point else None for point in points],
            "hovertemplate": f"{make_hover(axes.across)}<extra></extra>",
        } | style

    name = fold(curve.key) if len(curve.key) <= _NAME_ON_AXIS else fold(f"{curve.key[:_NAME_ON_AXIS]}…")
    return Figure(
        name=name_figure(curve.key),
        title=say_point(curve, reader),
        alt=reader.say(reader.words.history_alt, count=reader.count(curve.count)),
        plotly={
            "data": _style(trace, curve),
            "layout": lay_out(axes, unit, name, reader),
            "config": configure(reader),
        },
        table=_tabulate(curve, reader),
    )


def _style(trace: Any, curve: Curve) -> list[dict[str, Any]]:
    """The values alone, or behind their moving average in a lighter tone."""
    if not curve.smoothed:
        return [trace(curve.stretches, **_line("accent", 1.6))]
    behind = _line("faint", 1) | {"opacity": 0.45, "hoverinfo": "skip", "hovertemplate": ""}
    return [trace(curve.stretches, **behind), trace(curve.smoothed, **_line("accent", 2))]


def _line(role: str, width: float) -> dict[str, Any]:
    return {
        "line": {"color": colour(role), "width": width},
        "marker": {"color": colour(role), "size": 5},
        "meta": {"role": role},
    }


def say_point(curve: Curve, reader: Reader) -> str:
    """The best value and where it was, if the name tells which way is better; else the last, and the range."""
    words, name = reader.words, isolate(curve.key)
    low, high, last = curve.lowest, curve.highest, curve.last
    if low is None or high is None or last is None:
        return reader.say(words.history_title_none, metric=name)
    direction = find_direction(curve.key)
    if direction == "unknown":
        return reader.say(
            words.history_title, metric=name, last=reader.value(last.value), low=reader.value(low.value),
            high=reader.value(high.value),
        )  # fmt: skip
    best = low if direction == "lower" else high
    template = words.history_title_lower if direction == "lower" else words.history_title_higher
    return reader.say(
        template, metric=name, best=reader.value(best.value), step=reader.count(best.step),
        last=reader.value(last.value),
    )  # fmt: skip


def _tabulate(curve: Curve, reader: Reader) -> Table:
    """A row for each of a few stretches that the curve is divided into."""
    words = reader.words
    rows = join_stretches(curve.stretches, _ROWS)
    smoothed = join_stretches(curve.smoothed, _ROWS) if curve.smoothed else ()
    headers = (words.steps, words.last_time, words.values_logged, words.lowest, words.highest, words.last_value)
    cells: list[tuple[Cell, ...]] = []
    texts: list[tuple[str, ...]] = []
    for number, row in enumerate(rows):
        points = [row.low, row.high, row.final, *(item.final for item in smoothed[number : number + 1])]
        steps = say_steps(row, reader)
        cells.append((steps, row.last.time, row.count, *(point.value if point else None for point in points)))
        texts.append(
            (
                steps,
                say_time(row.last.time),
                reader.count(row.count),
                *(reader.value(point.value) if point else "–" for point in points),
            )
        )
    return Table(headers + ((words.smoothed,) if smoothed else ()), tuple(cells), tuple(texts))


def say_steps(row: Stretch, reader: Reader) -> str:
    """The steps that a stretch goes over."""
    first, last = reader.count(row.first.step), reader.count(row.last.step)
    return first if first == last else f"{first} – {last}"
