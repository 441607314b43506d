"""One metric's value in every fold, repeat by repeat."""

from __future__ import annotations

from typing import Any

from ml.charts.figure import Figure, Table, make_axis, make_category_axis, make_layout
from ml.charts.legend import TOP_LEGEND
from ml.charts.palette import colour, veil
from ml.charts.reader import Reader, fold
from ml.examination import Examination
from ml.results import Evaluation

_ROW, _AROUND = 26, 150
_MANY = 15
"""From so many repeats on, not every one is named."""


def list_metrics(evaluation: Evaluation, _examination: Examination, _reader: Reader) -> tuple[str, ...]:
    """Name the metrics of the whole that every fold has a value of."""
    whole = evaluation.folds * evaluation.repeats
    return tuple(name for name, values in evaluation.fold_metrics.items() if "." not in name and len(values) == whole)


def draw_folds(metric: str, evaluation: Evaluation, examination: Examination, reader: Reader) -> Figure | None:
    """Draw a dot for each fold, a row for each repeat, the mean with its interval behind them, and both baselines."""
    if metric not in list_metrics(evaluation, examination, reader):
        return None
    values, folds = evaluation.fold_metrics[metric], evaluation.folds
    rows = [values[start : start + folds] for start in range(0, len(values), folds)]
    words, name = reader.words, name_metric(metric, reader)
    title = reader.say(
        words.folds_title, metric=name, low=reader.number(min(values)), high=reader.number(max(values)),
        mean=reader.number(evaluation.metrics[metric].mean),
    )  # fmt: skip
    numbers = [str(number) for number in range(1, len(rows) + 1)]
    layout = make_layout(
        _ROW * len(rows) + _AROUND, reader.separators, showlegend=True, legend=TOP_LEGEND,
        xaxis=make_axis(name),
        yaxis=make_category_axis(numbers) | {"title": make_axis(words.repeat)["title"]},
    )  # fmt: skip
    if len(rows) >= _MANY:
        layout["yaxis"] |= {"tickmode": "auto", "nticks": 8}
    return Figure(
        name=f"folds.{metric}",
        title=title,
        alt=words.folds_alt,
        plotly={"data": [*_means(metric, evaluation, len(rows), reader), _dots(rows, reader)], "layout": layout},
        table=Table(
            (words.repeat, *(f"{words.fold} {number + 1}" for number in range(folds))),
            tuple((number, *row) for number, row in zip(numbers, rows, strict=True)),
            tuple((number, *(reader.number(v, 3) for v in row)) for number, row in zip(numbers, rows, strict=True)),
        ),
    )


def name_metric(metric: str, reader: Reader) -> str:
    """What pages call a metric."""
    return str(getattr(reader.words, f"metric_{metric}", metric))


def _dots(rows: list[tuple[float, ...]], reader: Reader) -> dict[str, Any]:
    points = [(place, number, value) for place, row in enumerate(rows) for number, value in enumerate(row, 1)]
    words = reader.words
    return {
        "type": "scatter",
        "mode": "markers",
        "name": words.fold,
        "y": [place for place, _, _ in points],
        "x": [value for _, _, value in points],
        "marker": {"color": colour("soft"), "size": 8, "symbol": "circle-open"},
        "meta": {"role": "soft"},
        "hovertext": [f"{words.repeat} {p + 1}, {words.fold} {n}: {reader.number(v, 3)}" for p, n, v in points],
        "hoverinfo": "text",
    }


def _means(metric: str, evaluation: Evaluation, rows: int, reader: Reader) -> list[dict[str, Any]]:
    words, found = reader.words, evaluation.metrics[metric]
    ends = [-0.5, rows - 0.5]
    single = evaluation.baselines["single_column"]
    known = {column.name for column in reader.spec.features}
    alone = reader.say(
        words.single_mean, column=reader.label(single.detail) if single.detail in known else single.detail
    )
    band = {
        "type": "scatter", "mode": "lines", "name": words.interval, "fill": "toself",
        "x": [found.low, found.low, found.high, found.high], "y": [ends[0], ends[1], ends[1], ends[0]],
        "line": {"width": 0, "color": colour("faint")}, "fillcolor": veil("accent"), "meta": {"veil": "accent"},
        "hoverinfo": "skip",
    }  # fmt: skip
    lines = [
        (words.prior_mean, evaluation.baselines["prior"].metrics[metric].mean, "faint", "dot"),
        (alone, single.metrics[metric].mean, "faint", "dash"),
        (words.mean_of_folds, found.mean, "accent", "solid"),
    ]
    return [band, *(_line(name, value, ends, role, dash, reader) for name, value, role, dash in lines)]


def _line(name: str, value: float, ends: list[float], role: str, dash: str, reader: Reader) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "lines", "name": fold(name), "x": [value, value], "y": ends,
        "line": {"color": colour(role), "width": 2, "dash": dash}, "meta": {"role": role},
        "hovertext": [f"{fold(name)}: {reader.number(value, 3)}"] * 2, "hoverinfo": "text",
    }  # fmt: skip
