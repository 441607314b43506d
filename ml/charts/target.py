"""How many rows each class has."""

from __future__ import annotations

from ml.charts.bars import bars_height, make_bars, room_for
from ml.charts.figure import Figure, Table, make_axis, make_category_axis, make_layout
from ml.charts.palette import class_role
from ml.charts.reader import Reader, fold
from ml.exploration import Exploration


def draw_target(found: Exploration, reader: Reader) -> Figure:
    """Draw a bar for each class, worst on top, with count and share."""
    words, labels, counts = reader.words, reader.class_labels, found.class_counts
    shares = [count / max(1, found.rows) for count in counts]
    texts = [f"{reader.count(n)} · {reader.percent(share)}" for n, share in zip(counts, shares, strict=True)]
    roles = [class_role(number, len(counts)) for number in range(len(counts))]
    hovers = [f"{fold(label)}: {text}" for label, text in zip(labels, texts, strict=True)]
    commonest = max(range(len(counts)), key=lambda number: counts[number])
    layout = make_layout(
        bars_height(len(counts)), reader.separators,
        xaxis=make_axis(words.rows, range=room_for(list(counts))),
        yaxis=make_category_axis([fold(label) for label in labels]),
    )  # fmt: skip
    return Figure(
        name="target",
        title=reader.say(
            words.target_title, label=labels[commonest], count=reader.count(counts[commonest]),
            rows=reader.count(found.rows), share=reader.percent(shares[commonest]),
        ),
        alt=reader.say(words.target_alt, list="; ".join(f"{a} {b}" for a, b in zip(labels, texts, strict=True))),
        plotly={"data": [make_bars(list(counts), texts, roles, hovers)], "layout": layout},
        table=Table(
            (reader.label(reader.spec.target.name), words.rows, words.share),
            tuple(zip(labels, counts, shares, strict=True)),
            tuple((a, reader.count(n), reader.percent(s)) for a, n, s in zip(labels, counts, shares, strict=True)),
        ),
    )  # fmt: skip
