"""One dimension of many runs against another, a mark a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ml.charts.figure import Cell, Figure, Table, make_axis, make_layout
from ml.charts.legend import TOP_LEGEND
from ml.charts.palette import colour
from ml.charts.reader import Reader, fold
from ml.charts.runs.shades import Shade, shade_runs
from ml.charts.runs.values import Dimension, correlate_ranks, cut, write_number
from ml.spread import mean

MOST_CATEGORIES = 30
_HEIGHT = 480
_WEAK = 0.2
_STEP_ASIDE = 0.03
SWAY = (0, 2, -2, 1, -1, 3, -3)
"""How far marks of one category step aside in turn, so that equal ones do not hide each other."""


@dataclass(frozen=True)
class ScatterPlan:
    """What is drawn against what. `names` are the runs'."""

    names: tuple[str, ...]
    x: Dimension
    y: Dimension
    by: Dimension | None = None
    log_x: bool = False
    log_y: bool = False


def draw_scatter(plan: ScatterPlan, reader: Reader) -> Figure:
    """Draw the runs that have both values; a dimension that is no number has its categories side by side."""
    xs = _place(plan.x)
    places = [place for place, x in enumerate(xs) if x is not None and _has_y(plan, place)]
    shades = shade_runs(plan.by, places, reader)
    layout = make_layout(
        _HEIGHT, reader.separators, showlegend=plan.by is not None, legend=TOP_LEGEND,
        xaxis=_axis_x(plan), yaxis=make_axis(fold(plan.y.name), type="log" if plan.log_y else "linear", zeroline=False),
    )  # fmt: skip
    return Figure(
        name="scatter",
        title=_title(plan, places, reader),
        alt=reader.say(
            reader.words.scatter_alt, x=plan.x.name, y=plan.y.name, n=reader.count(len(places)),
            all=reader.count(len(plan.names)),
        ),
        plotly={"data": [_marks(plan, xs, shade, reader) for shade in shades], "layout": layout},
        table=tabulate(plan.names, [plan.x, plan.y, *([plan.by] if plan.by else [])], places, reader),
    )  # fmt: skip


def tabulate(names: Sequence[str], dimensions: Sequence[Dimension], places: Sequence[int], reader: Reader) -> Table:
    """One line a run, one column a dimension."""
    cells: list[tuple[Cell, ...]] = [(names[p], *(dimension.cell(p) for dimension in dimensions)) for p in places]
    texts = [(cut(names[p]), *(dimension.say(p, reader) for dimension in dimensions)) for p in places]
    return Table((reader.words.run, *(dimension.name for dimension in dimensions)), tuple(cells), tuple(texts))


def _has_y(plan: ScatterPlan, place: int) -> bool:
    return plan.y.numbers is not None and plan.y.numbers[place] is not None


def _place(x: Dimension) -> list[float | None]:
    if x.numbers is not None:
        return list(x.numbers)
    places = {text: number for number, text in enumerate(x.categories[:MOST_CATEGORIES])}
    return [
        places[text] + _STEP_ASIDE * SWAY[turn % len(SWAY)] if text in places else None
        for turn, text in enumerate(x.texts)
    ]


def _axis_x(plan: ScatterPlan) -> dict[str, Any]:
    x = plan.x
    if x.numbers is not None:
        return make_axis(fold(x.name), type="log" if plan.log_x else "linear", zeroline=False) | _own_ticks(x)
    names = [fold(cut(text)) for text in x.categories[:MOST_CATEGORIES]]
    return make_axis(
        fold(x.name), tickmode="array", tickvals=list(range(len(names))), ticktext=names, zeroline=False,
        range=[-0.5, len(names) - 0.5],
    )  # fmt: skip


def _own_ticks(x: Dimension) -> dict[str, Any]:
    """Name the ends alone of a dimension whose numbers nobody reads, as times are."""
    if not x.has_own_texts or not x.known or x.numbers is None:
        return {}
    ends = sorted({min(x.known), max(x.known)})
    return {"tickmode": "array", "tickvals": ends, "ticktext": [x.texts[x.numbers.index(end)] for end in ends]}


def _title(plan: ScatterPlan, places: Sequence[int], reader: Reader) -> str:
    words, y = reader.words, plan.y.numbers or ()
    if not places:
        return reader.say(words.scatter_title_empty, x=plan.x.name, y=plan.y.name)
    values = [y[place] or 0.0 for place in places]
    if plan.x.numbers is None:
        return _title_categories(plan, places, values, reader)
    together = correlate_ranks([plan.x.numbers[place] or 0.0 for place in places], values)
    said = {"x": plan.x.name, "y": plan.y.name, "n": reader.count(len(places))}
    if together is None:
        return reader.say(words.scatter_title_flat, **said)
    said["rho"] = reader.number(together)
    if abs(together) < max(_WEAK, 2 / max(len(places) - 1, 1) ** 0.5):
        return reader.say(words.scatter_title_none, **said)
    return reader.say(words.scatter_title_rises if together > 0 else words.scatter_title_falls, **said)


def _title_categories(plan: ScatterPlan, places: Sequence[int], values: list[float], reader: Reader) -> str:
    groups: dict[str, list[float]] = {}
    for place, value in zip(places, values, strict=True):
        groups.setdefault(plan.x.texts[place], []).append(value)
    means = {name: mean(found) for name, found in groups.items()}
    low, high = min(means, key=lambda name: means[name]), max(means, key=lambda name: means[name])
    return reader.say(
        reader.words.scatter_title_means, y=plan.y.name, low=write_number(means[low], reader), first=cut(low),
        high=write_number(means[high], reader), last=cut(high),
    )  # fmt: skip


def _marks(plan: ScatterPlan, xs: list[float | None], shade: Shade, reader: Reader) -> dict[str, Any]:
    y = plan.y.numbers or ()
    return {
        "type": "scatter",
        "mode": "markers",
        "name": fold(shade.label) if shade.label else "",
        "x": [xs[place] for place in shade.members],
        "y": [y[place] for place in shade.members],
        "hovertext": [_hover(plan, place, reader) for place in shade.members],
        "hoverinfo": "text",
        "marker": {"color": colour(shade.role), "symbol": shade.symbol, "size": 8, "opacity": 0.85},
        "meta": {"role": shade.role},
    }


def _hover(plan: ScatterPlan, place: int, reader: Reader) -> str:
    shown = [plan.x, plan.y, *([plan.by] if plan.by else [])]
    return "<br>".join(
        [fold(cut(plan.names[place])), *(f"{fold(item.name)}: {fold(item.say(place, reader))}" for item in shown)]
    )
