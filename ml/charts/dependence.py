"""What a model says in the mean when one column is set to each of its values."""

from __future__ import annotations

from typing import Any

from ml.charts.bars import bars_height
from ml.charts.figure import Figure, Table, make_axis, make_category_axis, make_layout
from ml.charts.legend import TOP_LEGEND
from ml.charts.palette import class_role, colour
from ml.charts.reader import Reader, fold
from ml.examination import Examination
from ml.examination.reasons import Dependence
from ml.results import Evaluation

_NARROW = 0.07
"""Segments below this share carry no number: it would not fit."""


def list_columns(_evaluation: Evaluation, examination: Examination, reader: Reader) -> tuple[str, ...]:
    """Name the columns that dependence was found of, as far as the spec still knows them."""
    known, reasons = set(reader.spec.feature_names), examination.reasons
    found = reasons.dependence if reasons else ()
    return tuple(item.column for item in found if item.column in known and item.probabilities)


def draw_dependence(column: str, evaluation: Evaluation, examination: Examination, reader: Reader) -> Figure | None:
    """Draw a bar divided by class for each category, or a line for each class over a number."""
    if column not in list_columns(evaluation, examination, reader) or examination.reasons is None:
        return None
    found = next(item for item in examination.reasons.dependence if item.column == column)
    labels = [reader.category(reader.spec.target.name, name) for name in evaluation.classes]
    values = _name_values(found, reader)
    draw = _draw_categories if found.categories else _draw_numbers
    counts = tuple(reader.count(rows) for rows in found.rows) or ("",) * len(values)
    return Figure(
        name=f"dependence.{column}",
        title=_title(found, values, labels, reader),
        alt=reader.say(reader.words.dependence_alt, column=reader.label(column)),
        plotly=draw(found, values, labels, reader),
        table=Table(
            (reader.label_with_unit(column), *((reader.words.rows,) if found.rows else ()), *labels),
            tuple(
                (value, *found.rows[place : place + 1], *shares)
                for place, (value, shares) in enumerate(zip(values, found.probabilities, strict=True))
            ),
            tuple(
                (value, *((count,) if found.rows else ()), *(reader.percent(share) for share in shares))
                for value, count, shares in zip(values, counts, found.probabilities, strict=True)
            ),
        ),
    )


def _name_values(found: Dependence, reader: Reader) -> list[str]:
    if not found.categories:
        return [reader.value(number) for number in found.numbers]
    return [reader.words.missing if c is None else reader.category(found.column, c) for c in found.categories]


def _title(found: Dependence, values: list[str], labels: list[str], reader: Reader) -> str:
    """Say which class's probability moves most, and between which values."""
    moves = [
        (max(shares) - min(shares), number) for number, shares in enumerate(zip(*found.probabilities, strict=True))
    ]
    _, number = max(moves)
    shares = [row[number] for row in found.probabilities]
    low, high = shares.index(min(shares)), shares.index(max(shares))
    if low == high:
        return reader.say(reader.words.dependence_title_none, column=reader.label(found.column))
    return reader.say(
        reader.words.dependence_title, column=reader.label(found.column), label=labels[number],
        first=values[low], low=reader.percent(shares[low], 0), last=values[high], high=reader.percent(shares[high], 0),
    )  # fmt: skip


def _draw_categories(found: Dependence, values: list[str], labels: list[str], reader: Reader) -> dict[str, Any]:
    layout = make_layout(
        bars_height(len(values), 110), reader.separators,
        barmode="stack", showlegend=True, legend=TOP_LEGEND, uniformtext={"minsize": 10, "mode": "hide"},
        xaxis=make_axis(reader.words.mean_probability, range=[0, 100]),
        yaxis=make_category_axis(
            [f"{fold(name)} · {reader.count(rows)}" for name, rows in zip(values, found.rows, strict=True)]
        ),
    )  # fmt: skip
    return {"data": [_segments(n, found, values, label, reader) for n, label in enumerate(labels)], "layout": layout}


def _segments(number: int, found: Dependence, values: list[str], label: str, reader: Reader) -> dict[str, Any]:
    role = class_role(number, len(found.probabilities[0]))
    shares = [row[number] for row in found.probabilities]
    return {
        "type": "bar",
        "orientation": "h",
        "name": fold(label),
        "y": list(range(len(shares))),
        "x": [100 * share for share in shares],
        "text": [reader.percent(share, 0) if share >= _NARROW else "" for share in shares],
        "textposition": "inside",
        "textangle": 0,
        "insidetextanchor": "middle",
        "hovertext": [f"{fold(v)}, {fold(label)}: {reader.percent(s)}" for v, s in zip(values, shares, strict=True)],
        "hoverinfo": "text",
        "marker": {"color": colour(role)},
        "meta": {"role": role},
    }


def _draw_numbers(found: Dependence, values: list[str], labels: list[str], reader: Reader) -> dict[str, Any]:
    layout = make_layout(
        360, reader.separators, showlegend=True, legend=TOP_LEGEND,
        xaxis=make_axis(reader.label_with_unit(found.column)),
        yaxis=make_axis(reader.words.mean_probability, rangemode="tozero"),
    )  # fmt: skip
    return {"data": [_line(n, found, values, label, reader) for n, label in enumerate(labels)], "layout": layout}


def _line(number: int, found: Dependence, values: list[str], label: str, reader: Reader) -> dict[str, Any]:
    role = class_role(number, len(found.probabilities[0]))
    shares = [row[number] for row in found.probabilities]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": fold(label),
        "x": list(found.numbers),
        "y": [100 * share for share in shares],
        "line": {"color": colour(role), "width": 3},
        "hovertext": [f"{v}, {fold(label)}: {reader.percent(s)}" for v, s in zip(values, shares, strict=True)],
        "hoverinfo": "text",
        "meta": {"role": role},
    }
