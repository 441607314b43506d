"""What each column says about the target, beside what luck would say."""

from __future__ import annotations

from typing import Any

from ml.charts.bars import bars_height, make_bars, room_for
from ml.charts.figure import Figure, Table, make_axis, make_category_axis, make_layout
from ml.charts.palette import colour
from ml.charts.reader import Reader, fold
from ml.exploration import Exploration, Information

SURE = 0.05
"""Columns whose adjusted p-value is below say something beyond chance."""


def draw_information(found: Exploration, reader: Reader) -> Figure:
    """Draw a bar of bits for each column, most first; a short line shows what shuffled labels give."""
    words, items = reader.words, found.information
    labels = [reader.label(item.column) for item in items]
    bits = [item.bits for item in items]
    texts = [reader.number(item.bits, 3) for item in items]
    roles = ["accent" if item.p_adjusted < SURE else "faint" for item in items]
    hovers = [
        f"{fold(label)}: {text}<br>{words.p_value} {reader.p_value(item.p_value)}"
        for label, text, item in zip(labels, texts, items, strict=True)
    ]
    layout = make_layout(
        bars_height(len(items)), reader.separators,
        xaxis=make_axis(words.bits, range=room_for(bits)),
        yaxis=make_category_axis([fold(label) for label in labels]),
    )  # fmt: skip
    return Figure(
        name="information",
        title=_title(found, reader),
        alt=reader.say(
            words.information_alt, list="; ".join(f"{a} {b}" for a, b in zip(labels, texts, strict=True))
        ),
        plotly={
            "data": [make_bars(bits, [""] * len(items), roles, hovers), _chance(items, reader), _texts(items, texts)],
            "layout": layout,
        },
        table=Table(
            (words.column, words.rows, words.bits, words.by_chance, words.p_value, words.p_adjusted),
            tuple((i.column, i.rows, i.bits, i.chance, i.p_value, i.p_adjusted) for i in items),
            tuple(_read_out(item, reader) for item in items),
        ),
    )  # fmt: skip


def _title(found: Exploration, reader: Reader) -> str:
    first, *rest = found.information
    values = {
        "column": reader.label(first.column),
        "bits": reader.number(first.bits),
        "all": reader.number(found.target_bits),
    }
    if not rest:
        return reader.say(reader.words.information_title_one, **values)
    return reader.say(reader.words.information_title, **values, next=reader.number(rest[0].bits))


def _chance(items: tuple[Information, ...], reader: Reader) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "y": list(range(len(items))),
        "x": [item.chance for item in items],
        "error_x": {
            "type": "data", "array": [item.chance_high - item.chance for item in items],
            "arrayminus": [0.0] * len(items), "color": colour("ink"), "thickness": 1.5, "width": 4,
        },
        "marker": {"color": colour("ink"), "symbol": "line-ns-open", "size": 9},
        "meta": {"role": "ink"},
        "hovertext": [f"{reader.words.by_chance}: {reader.number(item.chance, 3)}" for item in items],
        "hoverinfo": "text",
    }  # fmt: skip


def _texts(items: tuple[Information, ...], texts: list[str]) -> dict[str, Any]:
    """The numbers, right of both the bar and the mark of chance."""
    return {
        "type": "scatter",
        "mode": "text",
        "y": list(range(len(items))),
        "x": [max(item.bits, item.chance_high) for item in items],
        "text": [f" {text}" for text in texts],
        "textposition": "middle right",
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def _read_out(item: Information, reader: Reader) -> tuple[str, ...]:
    return (
        reader.label(item.column),
        reader.count(item.rows),
        reader.number(item.bits, 3),
        f"{reader.number(item.chance, 3)} – {reader.number(item.chance_high, 3)}",
        reader.p_value(item.p_value),
        reader.p_value(item.p_adjusted),
    )
