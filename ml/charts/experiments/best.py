"""Every run at its start, and the staircase of the best so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ml.charts.experiments.values import Axis, Counts, Point, Who, cut, say_time, to_plotly_time, write, write_with
from ml.charts.figure import Cell, Figure, Outline, Table, make_axis, make_layout
from ml.charts.legend import TOP_LEGEND
from ml.charts.palette import colour
from ml.charts.reader import Reader, fold

HEIGHT = 420
FEW = 60
"""Up to so many runs each has its interval drawn and its line in the table; of more, those that were the best."""
_NAMED = 12
_MINUTES = 10 * 60_000
_DAYS = 3 * 86_400_000


@dataclass(frozen=True)
class Best:
    """The runs that were better than all before them, and those that are drawn, both in the order of time.

    `records_in_all` counts the former before any were left out; `end` is the start of the last run of all. `who` names
    those that are written out, which a page needs; the drawing needs all that are drawn.
    """

    axis: Axis
    counts: Counts
    records: tuple[Point, ...]
    records_in_all: int
    drawn: tuple[Point, ...]
    end: int
    who: Mapping[int, Who]

    @property
    def written(self) -> tuple[Point, ...]:
        """The points that have a line in the table, and are drawn with an interval where their runs have one."""
        return self.drawn if len(self.drawn) <= FEW else self.records

    @property
    def has_all_drawn(self) -> bool:
        """Whether no run with a number is left out."""
        return len(self.drawn) == self.counts.shown


def outline_best(found: Best, reader: Reader) -> Outline:
    """Say in words what the chart shows."""
    said = [f"{say_time(point.started_at)}: {write(point.value, reader)}" for point in found.records[-_NAMED:]]
    return Outline(
        name="best",
        title=_say_title(found, found.records[-1], reader),
        alt=reader.say(reader.words.best_alt, list="; ".join(said)),
        height=HEIGHT,
        headers=_name_columns(found, reader),
        rows=tuple(_write_row(point, best, found, reader) for point, best in _follow(found, found.written)),
    )


def draw_best(found: Best, reader: Reader) -> Figure:
    """Draw the runs faint, the best so far in the accent with intervals, and the prior of the best below it."""
    records, outline = set(found.records), outline_best(found, reader)
    others = [point for point in found.drawn if point not in records]
    sense = reader.words.lower_is_better if found.axis.is_lower_better else reader.words.higher_is_better
    layout = make_layout(
        HEIGHT, reader.separators, showlegend=True, legend=TOP_LEGEND,
        xaxis=make_axis(
            reader.words.started, type="date", showgrid=False, nticks=6, tickformat=_format_ticks(found.drawn)
        ),
        yaxis=make_axis(f"{fold(cut(found.axis.name))} ({sense})", zeroline=False),
    )  # fmt: skip
    return Figure(
        name=outline.name,
        title=outline.title,
        alt=outline.alt,
        plotly={
            "data": [
                *_draw_others(others, found, reader), *_draw_priors(found, reader), _draw_intervals(found),
                _draw_stairs(found), _draw_records(found, reader),
            ],
            "layout": layout,
        },
        table=Table(outline.headers, tuple(_list_cells(found)), outline.rows),
    )  # fmt: skip


def _say_title(found: Best, last: Point, reader: Reader) -> str:
    who = found.who[last.run]
    best = write_with(last.value, who.beside(found.axis.metric), reader)
    template = reader.words.best_title if found.counts.shown > 1 else reader.words.best_title_one
    return reader.say(
        template, metric=cut(found.axis.name), runs=reader.count(found.counts.shown), best=best,
        when=say_time(last.started_at)[:10],
    )  # fmt: skip


def _format_ticks(points: Sequence[Point]) -> str:
    """Figures alone: Plotly knows the months in one language."""
    span = points[-1].started_at - points[0].started_at
    return "%H:%M:%S" if span < _MINUTES else "%m-%d %H:%M" if span < _DAYS else "%Y-%m-%d"


def _draw_others(points: Sequence[Point], found: Best, reader: Reader) -> list[dict[str, Any]]:
    if not points:
        return []
    marks = _mark(points, found, reader)
    return [marks | {"name": reader.words.every_run, "marker": _marker("faint", 6), "meta": {"role": "faint"}}]


def _draw_records(found: Best, reader: Reader) -> dict[str, Any]:
    marks = _mark(found.records, found, reader)
    return marks | {"name": reader.words.best_so_far, "marker": _marker("accent", 9), "meta": {"role": "accent"}}


def _draw_stairs(found: Best) -> dict[str, Any]:
    """The last step goes on to the last run of all."""
    last = found.records[-1]
    times = [to_plotly_time(point.started_at) for point in found.records] + [to_plotly_time(found.end)]
    return _line(times, [*(point.value for point in found.records), last.value], "accent", 2) | {"showlegend": False}


def _draw_priors(found: Best, reader: Reader) -> list[dict[str, Any]]:
    """What the class prior reached on the data of the run that was the best; a gap where it did not log that."""
    priors = [found.who[point.run].beside(found.axis.metric).prior for point in found.records]
    if all(prior is None for prior in priors):
        return []
    times = [to_plotly_time(point.started_at) for point in found.records] + [to_plotly_time(found.end)]
    line = _line(times, [*priors, priors[-1]], "soft", 1.5)
    line["line"]["dash"] = "dot"
    return [line | {"name": reader.words.prior_of_best}]


def _draw_intervals(found: Best) -> dict[str, Any]:
    """One line from end to end of each interval, None lifting the pen between them."""
    times: list[str | None] = []
    ends: list[float | None] = []
    for point in found.written:
        company = found.who[point.run].beside(found.axis.metric)
        if company.has_interval:
            times += [to_plotly_time(point.started_at)] * 2 + [None]
            ends += [company.low, company.high, None]
    line = _line(times, ends, "accent", 1.2)
    line["line"]["shape"] = "linear"
    return line | {"showlegend": False}


def _line(x: Sequence[Any], y: Sequence[Any], role: str, width: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": list(x),
        "y": list(y),
        "line": {"color": colour(role), "width": width, "shape": "hv"},
        "hoverinfo": "skip",
        "meta": {"role": role},
    }


def _mark(points: Sequence[Point], found: Best, reader: Reader) -> dict[str, Any]:
    label = fold(cut(found.axis.name))
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [to_plotly_time(point.started_at) for point in points],
        "y": [point.value for point in points],
        "hovertext": [_hover(point, label, found, reader) for point in points],
        "hoverinfo": "text",
    }


def _hover(point: Point, label: str, found: Best, reader: Reader) -> str:
    who = found.who[point.run]
    company = who.beside(found.axis.metric)
    score = f"{label}: {write_with(point.value, company, reader)}"
    return f"{fold(cut(who.name))}<br>{score}<br>{say_time(point.started_at)} UTC"


def _marker(role: str, size: float) -> dict[str, Any]:
    return {"color": colour(role), "size": size}


def _name_columns(found: Best, reader: Reader) -> tuple[str, ...]:
    words = reader.words
    return (words.one_run, words.started, cut(found.axis.name), words.best_so_far, words.low, words.high,
            words.prior_mean, words.run_id)  # fmt: skip


def _follow(found: Best, points: Sequence[Point]) -> Iterator[tuple[Point, float]]:
    """Go through points in the order of time, each with the best so far."""
    records = set(found.records)
    best = points[0].value
    for point in points:
        best = point.value if point in records else best
        yield point, best


def _list_cells(found: Best) -> Iterator[tuple[Cell, ...]]:
    """The file to keep has a line for each run that is drawn."""
    for point, best in _follow(found, found.drawn):
        who = found.who[point.run]
        company = who.beside(found.axis.metric)
        numbers = (point.value, best, company.low, company.high, company.prior)
        yield who.name, to_plotly_time(point.started_at), *numbers, who.run_id


def _write_row(point: Point, best: float, found: Best, reader: Reader) -> tuple[str, ...]:
    who = found.who[point.run]
    company = who.beside(found.axis.metric)
    written = (write(number, reader) for number in (point.value, best, company.low, company.high, company.prior))
    return cut(who.name), say_time(point.started_at), *written, who.run_id[:8]
