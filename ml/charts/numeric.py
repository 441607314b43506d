"""One numeric column: its histogram and its boxes by class."""

from __future__ import annotations

from typing import Any

from ml.charts.bars import bars_height
from ml.charts.figure import Figure, Table, make_axis, make_category_axis, make_layout
from ml.charts.legend import TOP_LEGEND
from ml.charts.palette import class_role, colour
from ml.charts.reader import Reader, fold
from ml.exploration import Box, NumericDistribution


def draw_histogram(column: NumericDistribution, reader: Reader) -> Figure:
    """Draw counts by bin, each bar divided by class."""
    words, labels = reader.words, reader.class_labels
    layout = make_layout(
        360, reader.separators,
        barmode="stack", bargap=0, showlegend=True, legend=TOP_LEGEND, barcornerradius=0,
        xaxis=make_axis(reader.label_with_unit(column.column)),
        yaxis=make_axis(words.rows),
    )  # fmt: skip
    bins = list(zip(column.edges, column.edges[1:], strict=False))
    return Figure(
        name=f"histogram.{column.column}",
        title=_histogram_title(column, reader),
        alt=reader.say(words.histogram_alt, column=reader.label(column.column)),
        plotly={"data": [_bins(number, column, reader) for number in range(len(labels))], "layout": layout},
        table=Table(
            (words.from_value, words.to_value, words.rows, *labels),
            tuple((low, high, sum(n), *n) for (low, high), n in zip(bins, column.counts, strict=True)),
            tuple(
                (reader.value(low), reader.value(high), reader.count(sum(n)), *map(reader.count, n))
                for (low, high), n in zip(bins, column.counts, strict=True)
            ),
        ),
    )  # fmt: skip


def draw_boxes(column: NumericDistribution, reader: Reader) -> Figure:
    """Draw a box for each class from its quartiles and whiskers, with the furthest values beyond them."""
    words, boxes = reader.words, [box for box in column.boxes if box.group is not None]
    names = [_class_of(box, reader) for box in boxes]
    headers = (words.mean, words.minimum, words.first_quartile, words.median, words.third_quartile, words.maximum)
    numbers = [(b.mean, b.minimum, b.first_quartile, b.median, b.third_quartile, b.maximum) for b in boxes]
    layout = make_layout(
        bars_height(len(boxes), 90), reader.separators,
        xaxis=make_axis(reader.label_with_unit(column.column)),
        yaxis=make_category_axis([f"{fold(n)} · {reader.count(b.rows)}" for n, b in zip(names, boxes, strict=True)]),
    )  # fmt: skip
    return Figure(
        name=f"box.{column.column}",
        title=_box_title(boxes, reader),
        alt=reader.say(words.box_alt, column=reader.label(column.column)),
        plotly={"data": [*(_box(p, b, reader) for p, b in enumerate(boxes)), _beyond(boxes, reader)], "layout": layout},
        table=Table(
            (reader.label(reader.spec.target.name), words.rows, *headers),
            tuple((n, b.rows, *v) for n, b, v in zip(names, boxes, numbers, strict=True)),
            tuple(
                (n, reader.count(b.rows), *map(reader.value, v))
                for n, b, v in zip(names, boxes, numbers, strict=True)
            ),
        ),
    )  # fmt: skip


def _histogram_title(column: NumericDistribution, reader: Reader) -> str:
    if not column.boxes:
        return reader.words.histogram_title_none
    everyone = column.boxes[0]
    low, high = reader.value(everyone.first_quartile), reader.value(everyone.third_quartile)
    return reader.say(reader.words.histogram_title, low=low, high=high)


def _bins(number: int, column: NumericDistribution, reader: Reader) -> dict[str, Any]:
    role, label = class_role(number, len(reader.class_labels)), reader.class_labels[number]
    bins = list(zip(column.edges, column.edges[1:], strict=False))
    counts = [row[number] for row in column.counts]
    return {
        "type": "bar",
        "name": fold(label),
        "x": [(low + high) / 2 for low, high in bins],
        "width": [high - low for low, high in bins],
        "y": counts,
        "hovertext": [
            f"{reader.value(low)} – {reader.value(high)}, {fold(label)}: {reader.count(count)}"
            for (low, high), count in zip(bins, counts, strict=True)
        ],
        "hoverinfo": "text",
        "marker": {"color": colour(role)},
        "meta": {"role": role},
    }


def _class_of(box: Box, reader: Reader) -> str:
    return reader.category(reader.spec.target.name, box.group or "")


def _box_title(boxes: list[Box], reader: Reader) -> str:
    if not boxes:
        return reader.words.histogram_title_none
    lowest, highest = min(boxes, key=lambda box: box.median), max(boxes, key=lambda box: box.median)
    return reader.say(
        reader.words.box_title, low=reader.value(lowest.median), first=_class_of(lowest, reader),
        high=reader.value(highest.median), last=_class_of(highest, reader),
    )  # fmt: skip


def _box(place: int, box: Box, reader: Reader) -> dict[str, Any]:
    classes = reader.spec.target.categories
    role = class_role(classes.index(box.group or ""), len(classes))
    return {
        "type": "box",
        "orientation": "h",
        "y": [place],
        "q1": [box.first_quartile],
        "median": [box.median],
        "q3": [box.third_quartile],
        "lowerfence": [box.lower_whisker],
        "upperfence": [box.upper_whisker],
        "mean": [box.mean],
        "width": 0.55,
        "name": fold(_class_of(box, reader)),
        "hoverinfo": "x",
        "fillcolor": colour(role),
        "line": {"color": colour("ink"), "width": 1.2},
        "meta": {"role": role, "line": "ink"},
    }


def _beyond(boxes: list[Box], reader: Reader) -> dict[str, Any]:
    """The extremes that lie outside the whiskers."""
    ends = [
        (place, value)
        for place, box in enumerate(boxes)
        for value, end in ((box.minimum, box.lower_whisker), (box.maximum, box.upper_whisker))
        if value != end
    ]
    return {
        "type": "scatter",
        "mode": "markers",
        "y": [place for place, _ in ends],
        "x": [value for _, value in ends],
        "hovertext": [f"{reader.words.extremes}: {reader.value(value)}" for _, value in ends],
        "hoverinfo": "text",
        "marker": {"color": colour("faint"), "symbol": "circle-open", "size": 7},
        "meta": {"role": "faint"},
    }
