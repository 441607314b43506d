"""A run's figures by group, each with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Any

from ml.charts.bars import bars_height
from ml.charts.figure import Figure, Table, make_axis, make_category_axis, make_layout
from ml.charts.legend import TOP_LEGEND
from ml.charts.palette import colour
from ml.charts.reader import Reader, fold
from ml.examination import Examination
from ml.examination.people import Group, People
from ml.results import Estimate, Evaluation

_APART = 0.14
"""How far the dots of one group stand from its line, so that their intervals do not cover each other."""


@dataclass(frozen=True)
class _Series:
    """One measure of every group that is shown."""

    name: str
    role: str
    symbol: str
    values: tuple[Estimate | None, ...]


def draw_people(_evaluation: Evaluation, examination: Examination, reader: Reader) -> Figure | None:
    """Draw each group of each sensitive column: how often it is answered rightly, how often its upper classes found.

    Where classes have no order, only the former.
    """
    people = examination.people
    shown = _list_groups(people) if people else []
    if people is None or not shown:
        return None
    words, names = reader.words, [name_group(column, group.categories[0], reader) for column, group in shown]
    series = _list_series(people, [group for _, group in shown], reader)
    layout = make_layout(
        bars_height(len(shown), 110), reader.separators,
        showlegend=len(series) > 1, legend=TOP_LEGEND,
        xaxis=make_axis(words.people_axis, range=[0, 100]),
        yaxis=make_category_axis([fold(name) for name in names]),
    )  # fmt: skip
    return Figure(
        name="people",
        title=_title(people, reader),
        alt=reader.say(words.people_alt, list="; ".join(_say(item, names, reader) for item in series)),
        plotly={"data": [_dots(item, place, len(series), names, reader) for place, item in enumerate(series)],
                "layout": layout},
        table=_tabulate(series, names, [group.rows or 0 for _, group in shown], reader),
    )  # fmt: skip


def name_classes(classes: tuple[str, ...], reader: Reader) -> str:
    """The classes of an outcome, as pages call them."""
    labels = [reader.spec.target.label_of(name, reader.language) for name in classes]
    return reduce(lambda first, second: reader.say(reader.words.people_or, first=first, second=second), labels)


def name_group(column: str, category: str | None, reader: Reader) -> str:
    """A category as pages call it; of a missing value, which column it is missing in."""
    known = {item.name: item for item in reader.spec.columns}
    label = known[column].label.in_language(reader.language) if column in known else column
    if category is None:
        return f"{label}: {reader.words.missing}"
    return known[column].label_of(category, reader.language) if column in known else category


def _list_groups(people: People) -> list[tuple[str, Group]]:
    return [
        (slicing.columns[0], group)
        for slicing in people.slices
        for group in slicing.groups
        if len(slicing.columns) == 1 and group.rows is not None
    ]


def _list_series(people: People, groups: list[Group], reader: Reader) -> list[_Series]:
    right = _Series(reader.words.people_right, "faint", "circle-open", tuple(group.accuracy for group in groups))
    if len(people.outcomes) != 1:
        return [right]
    name = reader.say(reader.words.people_found, classes=name_classes(people.outcomes[0].classes, reader))
    return [right, _Series(name, "accent", "circle", tuple(group.outcomes[0].found.share for group in groups))]


def _title(people: People, reader: Reader) -> str:
    words, widest = reader.words, people.widest_gap
    if widest is None:
        overall = people.everybody.accuracy if people.everybody else None
        return reader.say(words.people_title_one, share=_percent(overall, reader))
    slicing, gap = widest
    high, low = slicing.shares_of(gap)
    texts = {
        "high": _percent(high, reader),
        "low": _percent(low, reader),
        "first": name_group(slicing.columns[0], gap.higher[0], reader),
        "second": name_group(slicing.columns[0], gap.lower[0], reader),
    }
    if gap.outcome is None:
        return reader.say(words.people_title_accuracy, **texts)
    return reader.say(words.people_title, classes=name_classes(people.outcomes[gap.outcome].classes, reader), **texts)


def _dots(series: _Series, place: int, count: int, names: list[str], reader: Reader) -> dict[str, Any]:
    shown = [(row, value) for row, value in enumerate(series.values) if value is not None]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": fold(series.name),
        "x": [100 * value.mean for _, value in shown],
        "y": [row + (place - (count - 1) / 2) * 2 * _APART for row, _ in shown],
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [100 * (value.high - value.mean) for _, value in shown],
            "arrayminus": [100 * (value.mean - value.low) for _, value in shown],
            "color": colour(series.role),
            "thickness": 1.5,
            "width": 0,
        },
        "hovertext": [f"{fold(names[row])}, {fold(series.name)}: {_interval(value, reader)}" for row, value in shown],
        "hoverinfo": "text",
        "marker": {"color": colour(series.role), "size": 10, "symbol": series.symbol},
        "meta": {"role": series.role},
    }


def _tabulate(series: list[_Series], names: list[str], rows: list[int], reader: Reader) -> Table:
    words = reader.words
    headers = [words.people_group, words.rows]
    for item in series:
        headers += [item.name, words.people_low, words.people_high]
    lines = [[end for item in series for end in _ends(item.values[place])] for place in range(len(names))]
    return Table(
        tuple(headers),
        tuple((name, count, *line) for name, count, line in zip(names, rows, lines, strict=True)),
        tuple(
            (name, reader.count(count), *("–" if end is None else reader.percent(end, 0) for end in line))
            for name, count, line in zip(names, rows, lines, strict=True)
        ),
    )


def _ends(value: Estimate | None) -> tuple[float | None, float | None, float | None]:
    return (value.mean, value.low, value.high) if value else (None, None, None)


def _say(series: _Series, names: list[str], reader: Reader) -> str:
    shown = [f"{name} {_percent(value, reader)}" for name, value in zip(names, series.values, strict=True) if value]
    return f"{series.name}: {', '.join(shown)}"


def _percent(value: Estimate | None, reader: Reader) -> str:
    return "–" if value is None else reader.percent(value.mean, 0)


def _interval(value: Estimate, reader: Reader) -> str:
    low, high = (reader.number(100 * end, 0) for end in (value.low, value.high))
    return f"{_percent(value, reader)} [{low}–{high}]"
