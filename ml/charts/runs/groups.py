"""A metric of runs by group: a box, every run as a mark, the mean and the spread over repeated runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ml.charts.bars import bars_height
from ml.charts.figure import Figure, Table, make_axis, make_category_axis, make_layout
from ml.charts.palette import colour
from ml.charts.reader import Reader, fold
from ml.charts.runs.scatter import SWAY
from ml.charts.runs.values import Dimension, cut, quantile, write_number
from ml.spread import deviation, mean

MOST_GROUPS = 16
_STEP_ASIDE = 0.06
_REACH = 1.5
"""Whiskers end at the furthest run within so many times the box (Tukey)."""


@dataclass(frozen=True)
class Group:
    """The runs of one group, by one metric. `places` are those that have it, `values` sorted."""

    name: str
    runs: int
    places: tuple[int, ...]
    values: tuple[float, ...]

    @property
    def mean(self) -> float | None:
        """Their mean."""
        return mean(self.values) if self.values else None

    @property
    def sd(self) -> float | None:
        """The standard deviation between them; None of one run alone."""
        return deviation(self.values)

    @property
    def five(self) -> tuple[float | None, ...]:
        """Minimum, quartiles with the median between, maximum."""
        return tuple(quantile(self.values, share) if self.values else None for share in (0, 0.25, 0.5, 0.75, 1))


def group_runs(by: Dimension, metric: Dimension, reader: Reader) -> tuple[Group, ...]:
    """Gather the runs of each value of a dimension, those that logged none last."""
    members: dict[str, list[int]] = {name: [] for name in by.categories}
    for place, text in enumerate(by.texts):
        members.setdefault(text, []).append(place)
    numbers = metric.numbers or (None,) * len(by.texts)
    groups = []
    for name, places in members.items():
        known = [place for place in places if numbers[place] is not None]
        values = tuple(sorted(number for place in known if (number := numbers[place]) is not None))
        groups.append(Group(name or reader.words.not_logged, len(places), tuple(known), values))
    return tuple(groups)


def draw_groups(names: Sequence[str], by: Dimension, metric: Dimension, reader: Reader) -> Figure:
    """Draw a box for each group, the largest groups where there are more than have room."""
    words = reader.words
    groups = [group for group in group_runs(by, metric, reader) if group.values]
    kept = sorted(groups, key=lambda group: -len(group.values))[:MOST_GROUPS]
    shown = [group for group in groups if group in kept]
    layout = make_layout(
        bars_height(len(shown), 90), reader.separators,
        xaxis=make_axis(fold(metric.name), zeroline=False),
        yaxis=make_category_axis([f"{fold(cut(g.name))} · {reader.count(len(g.values))}" for g in shown]),
    )  # fmt: skip
    boxes = [_box(place, group) for place, group in enumerate(shown)]
    return Figure(
        name="groups",
        title=_title(by, metric, shown, reader),
        alt=reader.say(words.groups_alt, metric=metric.name, list="; ".join(cut(group.name) for group in shown)),
        plotly={"data": [*boxes, _marks(names, metric, shown, reader), _means(shown, reader)], "layout": layout},
        table=_tabulate(by, groups, reader),
    )


def _title(by: Dimension, metric: Dimension, groups: Sequence[Group], reader: Reader) -> str:
    words = reader.words
    if not groups:
        return reader.say(words.scatter_title_empty, x=by.name, y=metric.name)
    medians = sorted((quantile(group.values, 0.5), cut(group.name)) for group in groups)
    (low, first), (high, last) = medians[0], medians[-1]
    return reader.say(
        words.groups_title, metric=metric.name, low=write_number(low, reader), first=first,
        high=write_number(high, reader), last=last,
    )  # fmt: skip


def _box(place: int, group: Group) -> dict[str, Any]:
    values = group.values
    first, median, third = (quantile(values, share) for share in (0.25, 0.5, 0.75))
    reach = _REACH * (third - first)
    return {
        "type": "box",
        "orientation": "h",
        "y": [place],
        "q1": [first],
        "median": [median],
        "q3": [third],
        "lowerfence": [min(value for value in values if value >= first - reach)],
        "upperfence": [max(value for value in values if value <= third + reach)],
        "width": 0.6,
        "hoverinfo": "x",
        "fillcolor": colour("ramp:0"),
        "line": {"color": colour("faint"), "width": 1.2},
        "meta": {"role": "ramp:0", "line": "faint"},
    }


def _marks(names: Sequence[str], metric: Dimension, groups: Sequence[Group], reader: Reader) -> dict[str, Any]:
    numbers = metric.numbers or ()
    points = [
        (number + _STEP_ASIDE * SWAY[turn % len(SWAY)], place)
        for number, group in enumerate(groups)
        for turn, place in enumerate(group.places)
    ]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [numbers[place] for _y, place in points],
        "y": [y for y, _place in points],
        "hovertext": [f"{fold(cut(names[place]))}<br>{metric.say(place, reader)}" for _y, place in points],
        "hoverinfo": "text",
        "marker": {"color": colour("soft"), "size": 6, "symbol": "circle-open"},
        "meta": {"role": "soft"},
    }


def _means(groups: Sequence[Group], reader: Reader) -> dict[str, Any]:
    """The mean of each group, with its standard deviation to both sides."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [group.mean for group in groups],
        "y": list(range(len(groups))),
        "error_x": {
            "type": "data", "array": [group.sd or 0.0 for group in groups], "color": colour("accent"), "thickness": 2,
            "width": 5,
        },
        "hovertext": [f"{fold(cut(group.name))}<br>{_say_mean(group, reader)}" for group in groups],
        "hoverinfo": "text",
        "marker": {"color": colour("accent"), "size": 10, "symbol": "diamond"},
        "meta": {"role": "accent"},
    }  # fmt: skip


def _say_mean(group: Group, reader: Reader) -> str:
    said = f"{reader.words.mean} {_read(group.mean, reader)}"
    return f"{said} ± {_read(group.sd, reader)}" if group.sd is not None else said


def _tabulate(by: Dimension, groups: Sequence[Group], reader: Reader) -> Table:
    words = reader.words
    numbers = [(group, (group.mean, group.sd, *group.five)) for group in groups]
    headers = (
        words.mean,
        words.sd,
        words.minimum,
        words.first_quartile,
        words.median,
        words.third_quartile,
        words.maximum,
    )
    return Table(
        (by.name, words.runs, *headers),
        tuple((group.name, len(group.values), *values) for group, values in numbers),
        tuple(
            (cut(group.name), reader.count(len(group.values)), *(_read(value, reader) for value in values))
            for group, values in numbers
        ),
    )


def _read(value: float | None, reader: Reader) -> str:
    return "–" if value is None else write_number(value, reader)
