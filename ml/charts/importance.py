"""What the held-out rows lose when one column is shuffled among them."""

from __future__ import annotations

from typing import Any

from ml.charts.bars import bars_height
from ml.charts.figure import Figure, Table, make_axis, make_category_axis, make_layout
from ml.charts.palette import colour
from ml.charts.reader import Reader, fold
from ml.examination import Examination
from ml.examination.reasons import ColumnImportance
from ml.results import Estimate, Evaluation


def draw_importance(_evaluation: Evaluation, examination: Examination, reader: Reader) -> Figure | None:
    """Draw a dot and its interval for each column, most important first; those beyond doubt in the accent."""
    if examination.reasons is None:
        return None
    items = examination.reasons.importance.columns
    labels = [reader.label(item.column) for item in items]
    texts = [_say(item.log_loss, reader) for item in items]
    layout = make_layout(
        bars_height(len(items)), reader.separators,
        xaxis=make_axis(reader.words.log_loss_rise, zeroline=True, zerolinewidth=2),
        yaxis=make_category_axis([fold(label) for label in labels]),
    )  # fmt: skip
    sure = [place for place, item in enumerate(items) if item.log_loss.low > 0]
    rest = [place for place in range(len(items)) if place not in sure]
    hovers = [f"{fold(label)}: {text}" for label, text in zip(labels, texts, strict=True)]
    return Figure(
        name="importance",
        title=_title(items, reader),
        alt=reader.say(
            reader.words.importance_alt, list="; ".join(f"{a} {b}" for a, b in zip(labels, texts, strict=True))
        ),
        plotly={
            "data": [_dots(sure, items, hovers, "accent"), _dots(rest, items, hovers, "faint")],
            "layout": layout,
        },
        table=_make_table(items, reader),
    )


def _title(items: tuple[ColumnImportance, ...], reader: Reader) -> str:
    first = items[0]
    if first.log_loss.low <= 0:
        return reader.words.importance_title_none
    return reader.say(
        reader.words.importance_title, column=reader.label(first.column), value=reader.number(first.log_loss.mean, 3)
    )


def _say(found: Estimate, reader: Reader) -> str:
    return f"{reader.number(found.mean, 3)} [{reader.number(found.low, 3)} – {reader.number(found.high, 3)}]"


def _dots(places: list[int], items: tuple[ColumnImportance, ...], hovers: list[str], role: str) -> dict[str, Any]:
    found = [items[place].log_loss for place in places]
    return {
        "type": "scatter",
        "mode": "markers",
        "y": places,
        "x": [item.mean for item in found],
        "error_x": {
            "type": "data", "array": [item.high - item.mean for item in found],
            "arrayminus": [item.mean - item.low for item in found], "color": colour(role), "thickness": 2, "width": 0,
        },
        "marker": {"color": colour(role), "size": 9},
        "meta": {"role": role},
        "hovertext": [hovers[place] for place in places],
        "hoverinfo": "text",
    }  # fmt: skip


def _make_table(items: tuple[ColumnImportance, ...], reader: Reader) -> Table:
    words = reader.words
    numbers = [
        (item.log_loss.mean, item.log_loss.low, item.log_loss.high,
         item.accuracy.mean, item.accuracy.low, item.accuracy.high)
        for item in items
    ]  # fmt: skip
    return Table(
        (words.column, words.log_loss_rise, words.low_end, words.high_end,
         words.accuracy_fall, words.low_end, words.high_end),
        tuple((item.column, *values) for item, values in zip(items, numbers, strict=True)),
        tuple(
            (reader.label(item.column), *(reader.number(value, 3) for value in values))
            for item, values in zip(items, numbers, strict=True)
        ),
    )  # fmt: skip
