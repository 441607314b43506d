"""Two metrics of every run against each other, and the front of those that none beats in both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ml.charts.experiments.values import Axis, Counts, Pair, Who, cut, write, write_with
from ml.charts.figure import Cell, Figure, Outline, Table, make_axis, make_layout
from ml.charts.legend import TOP_LEGEND
from ml.charts.palette import colour
from ml.charts.reader import Reader, fold

HEIGHT = 480
_NAMED = 12
_CLEAR = 30
"""Intervals of more members than so many would hide the front."""


@dataclass(frozen=True)
class Front:
    """The members of the front, the best in `x` first, and other runs that are drawn.

    `members_in_all` counts the former before any were left out. `is_sample` says how the others were picked: evenly
    from all runs, or one of each that lie together. `who` names the members; the drawing needs the others, too.
    """

    x: Axis
    y: Axis
    counts: Counts
    members: tuple[Pair, ...]
    members_in_all: int
    others: tuple[Pair, ...]
    who: Mapping[int, Who]
    is_sample: bool = False

    @property
    def has_all_drawn(self) -> bool:
        """Whether no run with both numbers is left out."""
        return len(self.members) + len(self.others) == self.counts.shown


def outline_front(found: Front, reader: Reader) -> Outline:
    """Say in words what the chart shows; the table has a line for each member."""
    words = reader.words
    said = [f"{write(pair.x, reader)}, {write(pair.y, reader)}" for pair in found.members[:_NAMED]]
    return Outline(
        name="front",
        title=reader.say(
            words.front_title if found.members_in_all > 1 else words.front_title_one, x=cut(found.x.name),
            y=cut(found.y.name), runs=reader.count(found.counts.shown), front=reader.count(found.members_in_all),
        ),
        alt=reader.say(words.front_alt, list="; ".join(said)),
        height=HEIGHT,
        headers=_name_columns(found, reader),
        rows=tuple(_write_row(pair, found, reader) for pair in found.members),
    )  # fmt: skip


def draw_front(found: Front, reader: Reader) -> Figure:
    """Draw the runs faint, and the front in the accent: a staircase with a mark for each member."""
    outline = outline_front(found, reader)
    return Figure(
        name=outline.name,
        title=outline.title,
        alt=outline.alt,
        plotly={
            "data": [
                *_draw_others(found, reader), *_draw_priors(found, reader), *_draw_intervals(found),
                _draw_stairs(found), _draw_members(found, reader),
            ],
            "layout": make_layout(
                HEIGHT, reader.separators, showlegend=True, legend=TOP_LEGEND, xaxis=_axis(found.x, reader),
                yaxis=_axis(found.y, reader),
            ),
        },
        table=Table(outline.headers, tuple(_list_cells(found)), outline.rows),
    )  # fmt: skip


def _axis(axis: Axis, reader: Reader) -> dict[str, Any]:
    sense = reader.words.lower_is_better if axis.is_lower_better else reader.words.higher_is_better
    return make_axis(f"{fold(cut(axis.name))} ({sense})", zeroline=False)


def _draw_others(found: Front, reader: Reader) -> list[dict[str, Any]]:
    if not found.others:
        return []
    marks = _mark(found.others, found, reader, "faint", 6)
    return [marks | {"name": reader.words.other_runs}]


def _draw_members(found: Front, reader: Reader) -> dict[str, Any]:
    return _mark(found.members, found, reader, "accent", 9) | {"name": reader.words.on_front}


def _draw_stairs(found: Front) -> dict[str, Any]:
    """From one member to the next over the corner that both beat, so that all behind the line is beaten."""
    return _line([pair.x for pair in found.members], [pair.y for pair in found.members], "accent", 1.5) | {
        "line": {"color": colour("accent"), "width": 1.5, "shape": "hv"},
    }


def _draw_priors(found: Front, reader: Reader) -> list[dict[str, Any]]:
    """Where the members share a class prior, a line for it; priors on several datasets are no one line."""
    drawn = [*found.members, *found.others]
    columns, rows = [pair.x for pair in drawn], [pair.y for pair in drawn]
    lines: list[dict[str, Any]] = []
    for axis in (found.x, found.y):
        priors = {found.who[pair.run].beside(axis.metric).prior for pair in found.members}
        known = [prior for prior in priors if prior is not None]
        if not known or len({round(prior, 3) for prior in known}) > 1:
            continue
        at, other = [known[0]] * 2, rows if axis is found.x else columns
        along = [min(other), max(other)]
        line = _line(at, along, "soft", 1.5) if axis is found.x else _line(along, at, "soft", 1.5)
        line["line"]["dash"] = "dot"
        name = reader.say(reader.words.prior_of, metric=cut(axis.name), value=write(known[0], reader))
        lines.append(line | {"name": fold(name), "showlegend": True})
    return lines


def _draw_intervals(found: Front) -> list[dict[str, Any]]:
    """A cross through each member whose run logged its intervals, None lifting the pen between the strokes."""
    x: list[float | None] = []
    y: list[float | None] = []
    for pair in found.members if len(found.members) <= _CLEAR else ():
        across, up = found.who[pair.run].beside(found.x.metric), found.who[pair.run].beside(found.y.metric)
        if across.has_interval:
            x, y = [*x, across.low, across.high, None], [*y, pair.y, pair.y, None]
        if up.has_interval:
            x, y = [*x, pair.x, pair.x, None], [*y, up.low, up.high, None]
    return [_line(x, y, "faint", 1)] if x else []


def _line(x: Sequence[Any], y: Sequence[Any], role: str, width: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": list(x),
        "y": list(y),
        "line": {"color": colour(role), "width": width},
        "hoverinfo": "skip",
        "showlegend": False,
        "meta": {"role": role},
    }


def _mark(pairs: Sequence[Pair], found: Front, reader: Reader, role: str, size: float) -> dict[str, Any]:
    labels = fold(cut(found.x.name)), fold(cut(found.y.name))
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [pair.x for pair in pairs],
        "y": [pair.y for pair in pairs],
        "hovertext": [_hover(pair, labels, found, reader) for pair in pairs],
        "hoverinfo": "text",
        "marker": {"color": colour(role), "size": size},
        "meta": {"role": role},
    }


def _hover(pair: Pair, labels: tuple[str, str], found: Front, reader: Reader) -> str:
    who = found.who[pair.run]
    scores = (
        f"{label}: {write_with(value, who.beside(axis.metric), reader)}"
        for label, axis, value in zip(labels, (found.x, found.y), pair[1:], strict=True)
    )
    return "<br>".join([fold(cut(who.name)), *scores])


def _name_columns(found: Front, reader: Reader) -> tuple[str, ...]:
    words = reader.words
    names = [cut(axis.name) for axis in (found.x, found.y)]
    ends = [f"{name}, {end}" for name in names for end in (words.low, words.high, words.prior_mean)]
    return words.one_run, *names, *ends, words.on_front, words.run_id


def _list_numbers(pair: Pair, found: Front) -> tuple[float | None, ...]:
    company = [found.who[pair.run].beside(axis.metric) for axis in (found.x, found.y)]
    return pair.x, pair.y, *(part for one in company for part in (one.low, one.high, one.prior))


def _list_cells(found: Front) -> Iterator[tuple[Cell, ...]]:
    """The file to keep has a line for each run that is drawn."""
    for is_member, pairs in ((1, found.members), (0, found.others)):
        for pair in pairs:
            who = found.who[pair.run]
            yield who.name, *_list_numbers(pair, found), is_member, who.run_id


def _write_row(pair: Pair, found: Front, reader: Reader) -> tuple[str, ...]:
    who = found.who[pair.run]
    written = (write(number, reader) for number in _list_numbers(pair, found))
    return cut(who.name), *written, "✓", who.run_id[:8]
