"""One metric of many runs in one chart: a line for each, or the mean of each group with its spread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from ml.charts.axes import Axes, configure, isolate, lay_out, make_hover, pick_unit
from ml.charts.direction import find_direction
from ml.charts.figure import Cell, Figure, Table
from ml.charts.palette import colour, veil
from ml.charts.reader import Reader
from ml.overlays import Group, Strand, average_groups, list_ends, smooth_bands

MOST_NAMED = 20
"""Beyond so many lines a key cannot be read: the lines are thin, and a few are named where they end."""
_HUES, _DASHES = ("k1", "k2", "k3", "k4", "k5", "k6"), ("solid", "dash", "dot", "dashdot")
_NAME = 32
_HEIGHT, _KEY_LINE, _KEYS_A_LINE = 420, 24, 3
_FEW = 40
_APART = 0.16


def draw_overlay(
    key: str,
    strands: Sequence[Strand],
    axes: Axes,
    reader: Reader,
    *,
    weight: float = 0.0,
    best: tuple[int, str] | None,
) -> Figure:
    """Draw every run's line. `best` is the step and the name of the run of the best value, where that is known."""
    traces, is_named = _draw_runs(key, strands, axes, weight, reader)
    return _frame(key, strands, axes, reader, traces=traces, keys=len(strands) if is_named else 0, best=best)


def draw_groups(key: str, strands: Sequence[Strand], axes: Axes, reader: Reader) -> Figure:
    """Draw the mean of each group, with a band of one standard deviation where there are runs enough."""
    groups, across = average_groups(strands), _place(strands, axes, reader)
    traces = [trace for number, group in enumerate(groups) for trace in _group(group, number, axes, across, reader)]
    return _frame(key, strands, axes, reader, traces=traces, keys=len(groups), groups=groups)


def can_be_log(strands: Sequence[Strand]) -> bool:
    """Whether a logarithm has a place for every finite value."""
    return all(strand.lowest is None or strand.lowest > 0 for strand in strands)


def style_line(number: int) -> tuple[str, str]:
    """The role of a line's colour and its dashes: 24 that can be told apart, in grey print too."""
    return _HUES[number % len(_HUES)], _DASHES[number // len(_HUES) % len(_DASHES)]


def _frame(
    key: str, strands: Sequence[Strand], axes: Axes, reader: Reader, *, traces: list[dict[str, Any]], keys: int,
    groups: Sequence[Group] = (), best: tuple[int, str] | None = None,
) -> Figure:  # fmt: skip
    words = reader.words
    lines = -(-keys // _KEYS_A_LINE)
    legend = {"orientation": "h", "x": 0, "xanchor": "left", "y": -0.16, "yanchor": "top", "itemwidth": 30}
    name = escape(key if len(key) <= _NAME else f"{key[:_NAME]}…", quote=False)
    layout = lay_out(
        axes, pick_unit(_longest(strands), reader), name, reader, height=_HEIGHT + _KEY_LINE * lines,
        showlegend=bool(keys), legend=legend, hovermode="closest",
    )  # fmt: skip
    listed = [group.name or words.without_value for group in groups] or [strand.name for strand in strands]
    return Figure(
        name="curves",
        title=_say_point(key, strands, best, reader),
        alt=reader.say(words.mean_curves_alt if groups else words.overlay_alt, list="; ".join(listed[:MOST_NAMED])),
        plotly={"data": traces, "layout": layout, "config": configure(reader)},
        table=_tabulate(strands, reader, is_grouped=bool(groups)),
    )


def _draw_runs(
    key: str, strands: Sequence[Strand], axes: Axes, weight: float, reader: Reader
) -> tuple[list[dict[str, Any]], bool]:
    across, is_named = _place(strands, axes, reader), len(strands) <= MOST_NAMED
    shown = {item.run_id: number for number, item in enumerate(strands if is_named else _pick_few(key, strands))}
    traces: list[dict[str, Any]] = []
    labels: list[tuple[float, float, str]] = []
    for strand in sorted(strands, key=lambda item: item.run_id in shown):
        points = smooth_bands(strand.bands, weight) if weight else list_ends(strand.bands)
        x, y = [across(at) for at, _value in points], [value for _at, value in points]
        role, dash = style_line(shown[strand.run_id]) if strand.run_id in shown else ("faint", "solid")
        style = {"width": 2 if strand.run_id in shown else 1, "color": colour(role), "dash": dash}
        traces.append(
            {
                "type": "scatter", "mode": "lines+markers" if is_named and len(points) <= _FEW else "lines",
                "name": shorten(strand.name), "x": x, "y": y, "line": style, "meta": {"role": role},
                "marker": {"size": 5, "color": colour(role)}, "opacity": 1 if strand.run_id in shown else 0.35,
                "hovertemplate": f"{shorten(strand.name)}<br>{make_hover(axes.across)}<extra></extra>",
            }
        )  # fmt: skip
        if not is_named and strand.run_id in shown:
            known = [(at, value) for at, value in zip(x, y, strict=True) if value is not None]
            labels += _place_label(known, len(labels), shorten(strand.name))
    return [*traces, *([_label(labels)] if labels else [])], is_named


def _pick_few(key: str, strands: Sequence[Strand]) -> list[Strand]:
    """Of many: the best three and the worst by their last value; the highest two and lowest two where nobody knows."""
    ranked = sorted((item for item in strands if item.last is not None), key=lambda item: item.last or 0.0)
    direction = find_direction(key)
    if direction == "unknown":
        return [*ranked[:2], *ranked[-2:]]
    ranked = ranked if direction == "lower" else ranked[::-1]
    return [*ranked[:3], *ranked[-1:]]


def _place_label(points: list[tuple[float, float]], number: int, name: str) -> list[tuple[float, float, str]]:
    """Each further from the end than the one before: lines that end together would be named one over the other."""
    if not points:
        return []
    return [(*points[int((len(points) - 1) * (1 - _APART * number))], name)]


def _label(labels: list[tuple[float, float, str]]) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "text", "x": [item[0] for item in labels], "y": [item[1] for item in labels],
        "text": [item[2] for item in labels], "textposition": "top left", "hoverinfo": "skip", "showlegend": False,
    }  # fmt: skip


def _group(
    group: Group, number: int, axes: Axes, across: Callable[[float], float], reader: Reader
) -> list[dict[str, Any]]:
    role, dash = style_line(number)
    name = shorten(group.name or reader.words.without_value)
    x, means = [across(point.at) for point in group.points], [point.mean for point in group.points]
    low, high = [], []
    for point in group.points:
        under = point.mean - (point.spread or 0.0)
        low.append(max(under, point.lowest) if axes.is_log else under)
        high.append(point.mean + (point.spread or 0.0))
    edge = {"type": "scatter", "mode": "lines", "x": x, "hoverinfo": "skip", "showlegend": False,
            "line": {"width": 0, "color": colour(role)}}  # fmt: skip
    counts = [f"n = {point.runs}" for point in group.points]
    return [
        edge | {"y": low},
        edge | {"y": high, "fill": "tonexty", "fillcolor": veil(role), "meta": {"veil": role}},
        {
            "type": "scatter", "mode": "lines", "name": f"{name} (n = {group.runs})", "x": x, "y": means,
            "line": {"color": colour(role), "width": 2, "dash": dash}, "meta": {"role": role}, "text": counts,
            "hovertemplate": f"{name}<br>{make_hover(axes.across)}<br>%{{text}}<extra></extra>",
        },
    ]  # fmt: skip


def shorten(name: str) -> str:
    """A run's name for a key: short, and text whatever is in it."""
    return escape(isolate(name if len(name) <= _NAME else f"{name[:_NAME]}…"), quote=False)


def _longest(strands: Sequence[Strand]) -> float:
    return max((strand.bands[-1].end - strand.bands[0].begin for strand in strands if strand.bands), default=0.0)


def _place(strands: Sequence[Strand], axes: Axes, reader: Reader) -> Callable[[float], float]:
    unit = pick_unit(_longest(strands), reader)
    return (lambda at: at / unit.ms) if axes.across == "since" else (lambda at: at)


def _say_point(key: str, strands: Sequence[Strand], best: tuple[int, str] | None, reader: Reader) -> str:
    words, name, runs = reader.words, isolate(key), reader.count(len(strands))
    lasts = [item.last for item in strands if item.last is not None]
    direction = find_direction(key)
    if best is not None and direction != "unknown":
        ends = [item.lowest if direction == "lower" else item.highest for item in strands]
        known = [end for end in ends if end is not None]
        value = min(known) if direction == "lower" else max(known)
        template = words.overlay_title_lower if direction == "lower" else words.overlay_title_higher
        return reader.say(
            template, metric=name, runs=runs, best=reader.value(value), step=reader.count(best[0]), run=isolate(best[1])
        )
    if not lasts:
        return reader.say(words.overlay_title_none, metric=name)
    low, high = reader.value(min(lasts)), reader.value(max(lasts))
    return reader.say(words.overlay_title, metric=name, runs=runs, low=low, high=high)


def _tabulate(strands: Sequence[Strand], reader: Reader, *, is_grouped: bool) -> Table:
    words = reader.words
    headers = (words.run, words.values_logged, words.lowest, words.highest, words.last_value)
    cells: list[tuple[Cell, ...]] = []
    texts: list[tuple[str, ...]] = []
    for item in strands:
        group = (item.group or words.without_value,) if is_grouped else ()
        ends = (item.lowest, item.highest, item.last)
        cells.append((item.name, item.count, *ends, *group))
        said = (reader.value(end) if end is not None else "–" for end in ends)
        texts.append((isolate(item.name), reader.count(item.count), *said, *group))
    return Table(headers + ((words.group,) if is_grouped else ()), tuple(cells), tuple(texts))
