"""One nominal or ordinal column against the target."""

from __future__ import annotations

from typing import Any

from ml.charts.bars import bars_height
from ml.charts.figure import Figure, Table, make_axis, make_category_axis, make_layout
from ml.charts.legend import TOP_LEGEND
from ml.charts.palette import class_role, colour
from ml.charts.reader import Reader, fold
from ml.exploration import CategoryCounts, Exploration

_ENOUGH = 10
"""A category needs so many rows to make the title."""
_NARROW = 0.07
"""Segments below this share carry no number: it would not fit."""

Row = tuple[str, tuple[int, ...]]


def draw_by_class(found: Exploration, column: CategoryCounts, reader: Reader) -> Figure:
    """Draw each category as one bar divided by class, with its count beside its name."""
    words, labels = reader.words, reader.class_labels
    rows = [(reader.category(column.column, c), n) for c, n in zip(column.categories, column.counts, strict=True)]
    rows = [row for row in [*rows, (words.missing, column.missing)] if sum(row[1])]
    layout = make_layout(
        bars_height(len(rows), 110), reader.separators,
        barmode="stack", showlegend=True, legend=TOP_LEGEND, uniformtext={"minsize": 10, "mode": "hide"},
        xaxis=make_axis(words.share_of_rows, range=[0, 100]),
        yaxis=make_category_axis([f"{fold(name)} · {reader.count(sum(counts))}" for name, counts in rows]),
    )  # fmt: skip
    return Figure(
        name=f"by-class.{column.column}",
        title=_title(found, rows, reader),
        alt=reader.say(words.by_class_alt, column=reader.label(column.column)),
        plotly={"data": [_segments(number, rows, reader) for number in range(len(labels))], "layout": layout},
        table=Table(
            (reader.label(column.column), words.rows, *labels),
            tuple((name, sum(counts), *counts) for name, counts in rows),
            tuple((name, reader.count(sum(counts)), *_count_and_share(counts, reader)) for name, counts in rows),
        ),
    )  # fmt: skip


def _title(found: Exploration, rows: list[Row], reader: Reader) -> str:
    """Say which category strays most from all rows: the largest (count − expected) / √expected."""
    cells = [
        (abs(count - expected) / expected**0.5, name, number, count / sum(counts))
        for name, counts in rows
        if sum(counts) >= min(_ENOUGH, found.rows)
        for number, count in enumerate(counts)
        if (expected := sum(counts) * found.class_counts[number] / found.rows) > 0
    ]
    if not cells:
        return reader.words.histogram_title_none
    _, name, number, share = max(cells)
    overall = reader.percent(found.class_counts[number] / found.rows)
    label = reader.class_labels[number]
    return reader.say(
        reader.words.by_class_title, category=name, share=reader.percent(share), label=label, overall=overall
    )


def _segments(number: int, rows: list[Row], reader: Reader) -> dict[str, Any]:
    role, label = class_role(number, len(reader.class_labels)), reader.class_labels[number]
    shares = [counts[number] / sum(counts) for _, counts in rows]
    return {
        "type": "bar",
        "orientation": "h",
        "name": fold(label),
        "y": list(range(len(rows))),
        "x": [100 * share for share in shares],
        "text": [reader.percent(share, 0) if share >= _NARROW else "" for share in shares],
        "textposition": "inside",
        "textangle": 0,
        "insidetextanchor": "middle",
        "hovertext": [
            f"{fold(name)}, {fold(label)}: {reader.count(counts[number])} · {reader.percent(share)}"
            for (name, counts), share in zip(rows, shares, strict=True)
        ],
        "hoverinfo": "text",
        "marker": {"color": colour(role)},
        "meta": {"role": role},
    }


def _count_and_share(counts: tuple[int, ...], reader: Reader) -> tuple[str, ...]:
    return tuple(f"{reader.count(count)} · {reader.percent(count / sum(counts))}" for count in counts)
