"""Families on the same folds: a dot and a whisker each, and what each differs by from one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ml.charts.bars import bars_height
from ml.charts.figure import Figure, Table, make_axis, make_category_axis, make_layout
from ml.charts.legend import TOP_LEGEND
from ml.charts.palette import colour
from ml.charts.reader import Reader, fold
from ml.examination.comparison import Comparison, Line, Paired, Place, Winner, is_told_apart
from ml.results import LOWER_IS_BETTER, Estimate

_LINE_HEIGHT = 16
"""Pixels of one line of a label; a row has room for two."""
_DASHES = ("dot", "dash", "longdash")


@dataclass(frozen=True)
class Names:
    """What a reader calls metrics, lines and baselines."""

    metrics: Mapping[str, str]
    places: Mapping[Place, str]


def sort_lines(found: Comparison, metric: str) -> tuple[Line, ...]:
    """Return the lines, the best by this metric first."""
    sign = 1 if metric in LOWER_IS_BETTER else -1
    return tuple(sorted(found.lines, key=lambda line: sign * line.metrics[metric].mean))


def draw_leaderboard(found: Comparison, metric: str, reader: Reader, names: Names) -> Figure:
    """Draw each family with its best rule by one metric, the best on top, with intervals; baselines are lines across.

    Those that can be told from the best are drawn faint. An open mark shows the best corrected for having been picked.
    """
    words, rivals = reader.words, found.rivals()
    lines = _best_of_each([line for line in sort_lines(found, metric) if line in rivals])
    baselines = [line for line in found.lines if line not in rivals]
    winner = found.winners[metric]
    layout = _lay_out(lines, names.metrics[metric], reader, names)
    return Figure(
        name=f"leaderboard.{metric}",
        title=reader.say(
            words.comparison_title, undecided=reader.count(len(found.undecided(metric))),
            families=reader.count(len(found.families())), metric=names.metrics[metric],
        ),
        alt=reader.say(
            words.comparison_alt,
            list="; ".join(f"{_name(line, names)} {_write(line.metrics[metric], reader)}" for line in lines),
        ),
        plotly={
            "data": [
                *(_across(line, metric, len(lines), number, reader, names) for number, line in enumerate(baselines)),
                _dots(lines, metric, reader, names),
                _corrected(winner, lines, reader),
            ],
            "layout": layout,
        },
        table=Table(
            (words.family, names.metrics[metric], words.low, words.high, words.p_holm_best),
            tuple(_cells(line, metric, names) for line in sort_lines(found, metric)),
            tuple(_texts(line, metric, reader, names) for line in sort_lines(found, metric)),
        ),
    )  # fmt: skip


def draw_differences(found: Comparison, metric: str, reader: Reader, names: Names) -> Figure | None:
    """Draw what each family, with its best rule, differs by from the reference; None where there is nothing to test."""
    words = reader.words
    tested = [line for line in sort_lines(found, metric) if metric in line.against_reference]
    if not tested:
        return None
    lines = _best_of_each(tested)
    pairs = [line.against_reference[metric] for line in lines]
    layout = _lay_out(lines, reader.say(words.difference_in, metric=names.metrics[metric]), reader, names)
    layout["xaxis"] |= {"zeroline": True, "zerolinewidth": 2}
    return Figure(
        name=f"differences.{metric}",
        title=reader.say(
            words.differences_title, told=reader.count(sum(map(is_told_apart, pairs))), all=reader.count(len(pairs)),
            reference=names.places[found.reference],
        ),
        alt=reader.say(
            words.comparison_alt,
            list="; ".join(f"{_name(a, names)} {_write(b, reader)}" for a, b in zip(lines, pairs, strict=True)),
        ),
        plotly={"data": [_whiskers(lines, pairs, pairs, reader, names)], "layout": layout | {"showlegend": False}},
        table=Table(
            (words.family, words.difference, words.low, words.high, words.p_value, words.p_holm),
            tuple(
                (_name(line, names), pair.mean, pair.low, pair.high, pair.p_value, pair.p_holm)
                for line, pair in zip(lines, pairs, strict=True)
            ),
            tuple(
                (
                    _name(line, names), *(reader.number(value, 3) for value in (pair.mean, pair.low, pair.high)),
                    reader.p_value(pair.p_value), reader.p_value(pair.p_holm),
                )
                for line, pair in zip(lines, pairs, strict=True)
            ),
        ),
    )  # fmt: skip


def _best_of_each(lines: list[Line]) -> list[Line]:
    """Leave the first line of each family: with every rule there would be more than a chart can name."""
    first: dict[str, Line] = {}
    for line in lines:
        first.setdefault(line.family, line)
    return list(first.values())


def draw_compared(name: str, found: Comparison, reader: Reader, names: Names) -> Figure | None:
    """Draw the figure of that name, or None where there is none."""
    kind, _, metric = name.partition(".")
    if metric not in found.metrics:
        return None
    if kind == "leaderboard":
        return draw_leaderboard(found, metric, reader, names)
    return draw_differences(found, metric, reader, names) if kind == "differences" else None


def _lay_out(lines: list[Line], title: str, reader: Reader, names: Names) -> dict[str, Any]:
    labels = [fold(_name(line, names)) for line in lines]
    third_lines = max((label.count("<br>") - 1 for label in labels), default=0)
    room = max(0, third_lines) * _LINE_HEIGHT * len(labels)
    return make_layout(
        bars_height(len(labels), 120) + room, reader.separators, showlegend=True, legend=TOP_LEGEND,
        xaxis=make_axis(title, zeroline=False),
        yaxis=make_category_axis(labels),
    )  # fmt: skip


def _dots(lines: list[Line], metric: str, reader: Reader, names: Names) -> dict[str, Any]:
    estimates = [line.metrics[metric] for line in lines]
    pairs = [line.against_best.get(metric) for line in lines]
    return _whiskers(lines, estimates, pairs, reader, names)


def _whiskers(lines: list[Line], values: list[Any], pairs: list[Any], reader: Reader, names: Names) -> dict[str, Any]:
    """A dot and its interval for each line: in the accent where it is not told apart, else faint."""
    roles = ["faint" if is_told_apart(pair) else "accent" for pair in pairs]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": reader.words.mean_and_interval,
        "x": [value.mean for value in values],
        "y": list(range(len(lines))),
        "error_x": {
            "type": "data", "symmetric": False, "array": [value.high - value.mean for value in values],
            "arrayminus": [value.mean - value.low for value in values], "color": colour("faint"), "thickness": 2,
            "width": 0,
        },
        "marker": {"color": [colour(role) for role in roles], "size": 11},
        "meta": {"roles": roles},
        "hovertext": [
            f"{fold(_name(line, names))}: {_write(value, reader)}" for line, value in zip(lines, values, strict=True)
        ],
        "hoverinfo": "text",
    }  # fmt: skip


def _corrected(winner: Winner, lines: list[Line], reader: Reader) -> dict[str, Any]:
    place = next(n for n, line in enumerate(lines) if (line.family, line.rule) == (winner.family, winner.rule))
    text = f"{reader.words.corrected}: {_write(winner.corrected, reader)}"
    return {
        "type": "scatter",
        "mode": "markers",
        "name": reader.words.corrected,
        "x": [winner.corrected.mean],
        "y": [place],
        "marker": {"color": colour("ink"), "symbol": "diamond-open", "size": 13},
        "meta": {"role": "ink"},
        "hovertext": [text],
        "hoverinfo": "text",
    }


def _across(line: Line, metric: str, rivals: int, number: int, reader: Reader, names: Names) -> dict[str, Any]:
    """A baseline as a line from top to bottom."""
    value = line.metrics[metric].mean
    return {
        "type": "scatter",
        "mode": "lines",
        "name": f"{_name(line, names)} {reader.number(value, 3)}",
        "x": [value, value],
        "y": [-0.5, rivals - 0.5],
        "line": {"color": colour("soft"), "width": 1.5, "dash": _DASHES[number % len(_DASHES)]},
        "meta": {"role": "soft"},
        "hoverinfo": "skip",
    }


def _cells(line: Line, metric: str, names: Names) -> tuple[str | float | None, ...]:
    value, pair = line.metrics[metric], line.against_best.get(metric)
    return (_name(line, names), value.mean, value.low, value.high, pair.p_holm if pair else None)


def _texts(line: Line, metric: str, reader: Reader, names: Names) -> tuple[str, ...]:
    value, pair = line.metrics[metric], line.against_best.get(metric)
    numbers = (reader.number(part, 3) for part in (value.mean, value.low, value.high))
    return (_name(line, names), *numbers, reader.p_value(pair.p_holm) if pair else "–")


def _name(line: Line, names: Names) -> str:
    return names.places[Place(line.family, line.rule)]


def _write(value: Estimate | Paired, reader: Reader) -> str:
    return f"{reader.number(value.mean, 3)} [{reader.number(value.low, 3)} – {reader.number(value.high, 3)}]"
