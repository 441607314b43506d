"""The same numbers as pictures, for a document or a printed page: matplotlib and seaborn, no display needed."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from textwrap import fill

import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from ml.charts.association import draw_association
from ml.charts.by_class import draw_by_class
from ml.charts.information import SURE, draw_information
from ml.charts.numeric import draw_boxes, draw_histogram
from ml.charts.palette import LIGHT, RAMP, class_role, colour
from ml.charts.quality import draw_missing, draw_twins
from ml.charts.reader import Reader
from ml.charts.target import draw_target
from ml.exploration import CategoryCounts, Exploration, NumericDistribution

Painter = Callable[[Axes], None]
_WIDTH = 8.0
_DPI = 144
_ROW = 0.36
_LETTERS = 88


def paint_stills(found: Exploration, reader: Reader) -> Iterator[tuple[str, bytes]]:
    """Paint every figure; yields its name and the bytes of a PNG."""
    yield "target", _paint(draw_target(found, reader).title, len(found.classes), lambda a: _target(a, found, reader))
    yield (
        "information",
        _paint(draw_information(found, reader).title, len(found.information), lambda a: _information(a, found, reader)),
    )
    yield "association", _paint(
        draw_association(found, reader).title, len(found.association_columns) + 4,
        lambda a: _association(a, found, reader),
    )  # fmt: skip
    yield "twins", _paint(draw_twins(found, reader).title, 3, lambda a: _twins(a, found, reader))
    if any(item.cells for item in found.missing):
        yield (
            "missing",
            _paint(draw_missing(found, reader).title, len(found.missing), lambda a: _missing(a, found, reader)),
        )
    for column in found.categorical:
        title = f"{reader.label(column.column)}\n{draw_by_class(found, column, reader).title}"
        painter = partial(_by_class, column=column, reader=reader)
        yield f"by-class.{column.column}", _paint(title, len(column.categories) + 2, painter)
    for numbers in found.numeric:
        yield from _paint_numeric(numbers, reader)


def _paint_numeric(numbers: NumericDistribution, reader: Reader) -> Iterator[tuple[str, bytes]]:
    if not numbers.boxes:
        return
    name, label = numbers.column, reader.label_with_unit(numbers.column)
    title = f"{label}\n{draw_histogram(numbers, reader).title}"
    yield f"histogram.{name}", _paint(title, 8, lambda axes: _histogram(axes, numbers, reader))
    title = f"{label}\n{draw_boxes(numbers, reader).title}"
    yield f"box.{name}", _paint(title, len(numbers.boxes), lambda axes: _boxes(axes, numbers, reader))


def _paint(title: str, rows: int, painter: Painter) -> bytes:
    """Paint on a figure of its own: pyplot would keep it, and threads would share it."""
    figure = Figure(figsize=(_WIDTH, 1.6 + _ROW * rows), layout="constrained")
    axes = figure.add_subplot()
    painter(axes)
    figure.suptitle("\n".join(fill(line, _LETTERS) for line in title.split("\n")), x=0.01, ha="left", fontsize=11,
                    fontweight="bold", color=LIGHT["ink"])  # fmt: skip
    sns.despine(ax=axes, left=True, bottom=True)
    axes.tick_params(length=0, labelsize=9, colors=LIGHT["ink"])
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=_DPI, metadata={"Software": None})
    return picture.getvalue()


def _bars(axes: Axes, labels: list[str], values: list[float], texts: list[str], colours: list[str]) -> None:
    places = list(range(len(labels)))
    sns.barplot(x=values, y=places, orient="h", hue=places, palette=colours, legend=False, ax=axes, saturation=1)
    axes.set_yticks(places, labels)
    axes.set_ylabel("")
    axes.margins(x=0.18)
    for place, (value, text) in enumerate(zip(values, texts, strict=True)):
        axes.annotate(text, (value, place), xytext=(4, 0), textcoords="offset points", va="center", fontsize=9)


def _target(axes: Axes, found: Exploration, reader: Reader) -> None:
    counts = found.class_counts
    texts = [f"{reader.count(n)} · {reader.percent(n / max(1, found.rows))}" for n in counts]
    roles = [class_role(number, len(counts)) for number in range(len(counts))]
    _bars(axes, list(reader.class_labels), list(counts), texts, [colour(role) for role in roles])
    axes.set_xlabel(reader.words.rows)


def _information(axes: Axes, found: Exploration, reader: Reader) -> None:
    items = found.information
    colours = [LIGHT["accent" if item.p_adjusted < SURE else "faint"] for item in items]
    texts = [reader.number(item.bits, 3) for item in items]
    _bars(axes, [reader.label(item.column) for item in items], [item.bits for item in items], texts, colours)
    axes.hlines(range(len(items)), [i.chance for i in items], [i.chance_high for i in items], color=LIGHT["ink"])
    axes.set_xlabel(f"{reader.words.bits} (—: {reader.words.by_chance})")


def _twins(axes: Axes, found: Exploration, reader: Reader) -> None:
    cells = draw_twins(found, reader).table
    texts = [f"{rows} · {share}" for _, rows, share in cells.texts]
    counts = [float(row[1] or 0) for row in cells.cells]
    _bars(axes, [row[0] for row in cells.texts], counts, texts, [LIGHT["faint"], LIGHT["faint"], LIGHT["accent"]])
    axes.set_xlabel(reader.words.rows)


def _missing(axes: Axes, found: Exploration, reader: Reader) -> None:
    labels = [reader.label(item.column) for item in found.missing]
    texts = [f"{reader.count(i.cells)} · {reader.percent(i.cells / max(1, found.rows))}" for i in found.missing]
    _bars(axes, labels, [item.cells for item in found.missing], texts, [LIGHT["accent"]] * len(labels))
    axes.set_xlabel(reader.words.missing_cells)


def _association(axes: Axes, found: Exploration, reader: Reader) -> None:
    labels = [reader.label(name) for name in found.association_columns]
    values = [
        [float("nan") if value is None or j > i else value for j, value in enumerate(row[:-1])]
        for i, row in enumerate(found.association[1:])
    ]
    shades = LinearSegmentedColormap.from_list("ramp", [LIGHT["panel"], *RAMP])
    sns.heatmap(
        values, vmin=0, vmax=1, cmap=shades, annot=True, fmt=".2f", annot_kws={"size": 8}, cbar=False, linewidths=1,
        xticklabels=labels[:-1], yticklabels=labels[1:], ax=axes,
    )  # fmt: skip
    axes.set_xlabel(reader.words.association)


def _by_class(axes: Axes, column: CategoryCounts, reader: Reader) -> None:
    rows = [(reader.category(column.column, c), n) for c, n in zip(column.categories, column.counts, strict=True)]
    rows = [row for row in [*rows, (reader.words.missing, column.missing)] if sum(row[1])]
    left = [0.0] * len(rows)
    for number, label in enumerate(reader.class_labels):
        shares = [100 * counts[number] / sum(counts) for _, counts in rows]
        shade = colour(class_role(number, len(reader.class_labels)))
        axes.barh(range(len(rows)), shares, left=left, color=shade, label=label, height=0.72)
        left = [start + share for start, share in zip(left, shares, strict=True)]
    axes.set_yticks(range(len(rows)), [f"{name} · {reader.count(sum(counts))}" for name, counts in rows])
    axes.invert_yaxis()
    axes.set_xlabel(reader.words.share_of_rows)
    axes.legend(ncols=len(reader.class_labels), loc="lower left", bbox_to_anchor=(0, 1), frameon=False, fontsize=9)


def _histogram(axes: Axes, numbers: NumericDistribution, reader: Reader) -> None:
    edges, bottom = numbers.edges, [0] * len(numbers.counts)
    widths = [high - low for low, high in pairwise(edges)]
    for number, label in enumerate(reader.class_labels):
        counts = [row[number] for row in numbers.counts]
        shade = colour(class_role(number, len(reader.class_labels)))
        axes.bar(edges[:-1], counts, width=widths, bottom=bottom, align="edge", color=shade, label=label)
        bottom = [start + count for start, count in zip(bottom, counts, strict=True)]
    axes.set_ylabel(reader.words.rows)
    axes.legend(ncols=len(reader.class_labels), loc="lower left", bbox_to_anchor=(0, 1), frameon=False, fontsize=9)


def _boxes(axes: Axes, numbers: NumericDistribution, reader: Reader) -> None:
    boxes = [box for box in numbers.boxes if box.group is not None]
    axes.bxp(
        [
            {
                "label": f"{reader.category(reader.spec.target.name, box.group or '')} · {reader.count(box.rows)}",
                "q1": box.first_quartile, "med": box.median, "q3": box.third_quartile,
                "whislo": box.lower_whisker, "whishi": box.upper_whisker,
                "fliers": sorted({box.minimum, box.maximum} - {box.lower_whisker, box.upper_whisker}),
            }
            for box in boxes
        ],
        orientation="horizontal",
    )  # fmt: skip
    axes.invert_yaxis()
