"""Missing cells, raw against cleaned, and rows that repeat others."""

from __future__ import annotations

from typing import Any

from ml.charts.bars import bars_height, make_bars, room_for
from ml.charts.figure import Figure, Table, make_axis, make_category_axis, make_layout
from ml.charts.legend import TOP_LEGEND
from ml.charts.palette import colour
from ml.charts.reader import Reader, fold
from ml.exploration import Exploration, RawColumn


def draw_missing(found: Exploration, reader: Reader) -> Figure:
    """Draw the missing cells of each column, most first; columns without any are left out."""
    words = reader.words
    items = sorted((item for item in found.missing if item.cells), key=lambda item: -item.cells)
    labels = [reader.label(item.column) for item in items]
    texts = [f"{reader.count(item.cells)} · {reader.percent(item.cells / found.rows)}" for item in items]
    layout = make_layout(
        bars_height(len(items)), reader.separators,
        xaxis=make_axis(words.missing_cells, range=room_for([item.cells for item in items])),
        yaxis=make_category_axis([fold(label) for label in labels]),
    )  # fmt: skip
    every = found.rows * len(found.missing)
    return Figure(
        name="missing",
        title=reader.say(
            words.missing_title, share=reader.percent(sum(item.cells for item in items) / max(1, every)),
            column=labels[0] if labels else "–",
        ),
        alt=reader.say(words.missing_alt, list="; ".join(f"{a} {b}" for a, b in zip(labels, texts, strict=True))),
        plotly={
            "data": [make_bars([i.cells for i in items], texts, ["accent"] * len(items), texts)], "layout": layout,
        },
        table=Table(
            (words.column, words.missing_cells, words.share),
            tuple((item.column, item.cells, item.cells / max(1, found.rows)) for item in found.missing),
            tuple(
                (reader.label(i.column), reader.count(i.cells), reader.percent(i.cells / max(1, found.rows)))
                for i in found.missing
            ),
        ),
    )  # fmt: skip


def draw_cleaning(found: Exploration, reader: Reader) -> Figure:
    """Draw raw spellings and values after cleaning as two dots a column; the target comes first."""
    words, columns = reader.words, found.raw
    layout = make_layout(
        bars_height(len(columns), 110), reader.separators, showlegend=True, legend=TOP_LEGEND,
        xaxis=make_axis(rangemode="tozero"),
        yaxis=make_category_axis([fold(reader.label(item.column)) for item in columns]),
    )  # fmt: skip
    dots = [
        _dots(words.spellings, [item.spellings for item in columns], "faint", columns, reader),
        _dots(words.values, [item.values for item in columns], "accent", columns, reader),
    ]
    return Figure(
        name="cleaning",
        title=_cleaning_title(columns, reader),
        alt=words.cleaning_alt,
        plotly={"data": [_lines(columns), *dots], "layout": layout},
        table=Table(
            (words.column, words.spellings, words.values, words.cells_changed, words.cells_lost),
            tuple((i.column, i.spellings, i.values, i.cells_changed, i.cells_lost) for i in columns),
            tuple(
                (reader.label(i.column), *map(reader.count, (i.spellings, i.values, i.cells_changed, i.cells_lost)))
                for i in columns
            ),
        ),
    )  # fmt: skip


def draw_twins(found: Exploration, reader: Reader) -> Figure:
    """Draw the rows that stand alone, that repeat with the same result, and that contradict each other."""
    words, repeats = reader.words, found.repeats
    alone = repeats.distinct_profiles - repeats.repeated_profiles
    counts = [alone, repeats.rows - alone - repeats.rows_in_contradiction, repeats.rows_in_contradiction]
    labels = [words.unique, words.agreeing, words.contradicting]
    texts = [f"{reader.count(count)} · {reader.percent(count / max(1, repeats.rows))}" for count in counts]
    layout = make_layout(
        bars_height(3), reader.separators,
        xaxis=make_axis(words.rows, range=room_for(list(counts))),
        yaxis=make_category_axis([fold(label) for label in labels]),
    )  # fmt: skip
    return Figure(
        name="twins",
        title=reader.say(
            words.twins_title, repeated=reader.count(repeats.repeated_profiles),
            mixed=reader.count(repeats.contradictory_profiles),
        ),
        alt=reader.say(words.twins_alt, list="; ".join(f"{a} {b}" for a, b in zip(labels, texts, strict=True))),
        plotly={"data": [make_bars(list(counts), texts, ["faint", "faint", "accent"], texts)], "layout": layout},
        table=Table(
            (words.standing, words.rows, words.share),
            tuple((label, n, n / max(1, repeats.rows)) for label, n in zip(labels, counts, strict=True)),
            tuple(
                (label, reader.count(n), reader.percent(n / max(1, repeats.rows)))
                for label, n in zip(labels, counts, strict=True)
            ),
        ),
    )  # fmt: skip


def _cleaning_title(columns: tuple[RawColumn, ...], reader: Reader) -> str:
    changed = sum(item.cells_changed for item in columns)
    most = max(columns, key=lambda item: item.cells_changed)
    return reader.say(reader.words.cleaning_title, cells=reader.count(changed), column=reader.label(most.column))


def _dots(name: str, values: list[int], role: str, columns: tuple[RawColumn, ...], reader: Reader) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": values,
        "y": list(range(len(values))),
        "hovertext": [
            f"{fold(reader.label(item.column))}, {name}: {reader.count(value)}"
            for item, value in zip(columns, values, strict=True)
        ],
        "hoverinfo": "text",
        "marker": {"color": colour(role), "size": 11},
        "meta": {"role": role},
    }


def _lines(columns: tuple[RawColumn, ...]) -> dict[str, Any]:
    """One thin line a column from the one dot to the other, None lifting the pen between them."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [x for item in columns for x in (item.spellings, item.values, None)],
        "y": [y for place in range(len(columns)) for y in (place, place, None)],
        "hoverinfo": "skip",
        "showlegend": False,
        "line": {"color": colour("line"), "width": 3},
        "meta": {"role": "line"},
    }
