"""When runs began: a bar for each day, week or month, divided by what became of them."""

from __future__ import annotations

from typing import Any

from ml.charts.experiments.calendar import OTHER, STATES, Activity, Bar, Unit
from ml.charts.figure import Cell, Figure, Table, make_axis, make_layout
from ml.charts.legend import TOP_LEGEND
from ml.charts.palette import colour
from ml.charts.reader import Reader

HEIGHT = 300
_FEW = 5
_ROLES = {
    "FINISHED": "accent", "RUNNING": "soft", "SCHEDULED": "line", "KILLED": "look", "FAILED": "bad", OTHER: "faint",
}  # fmt: skip


def name_states(reader: Reader) -> dict[str, str]:
    """Name the states as charts stack them, from the bottom."""
    words = reader.words
    names = (words.finished, words.running, words.waiting, words.stopped, words.failed, words.other_state)
    return dict(zip((*STATES, OTHER), names, strict=True))


def draw_activity(found: Activity, reader: Reader) -> Figure:
    """Draw the bars in view, states of which there is no run left out."""
    names = {state: name for state, name in name_states(reader).items() if any(bar.runs[state] for bar in found.bars)}
    layout = make_layout(
        HEIGHT, reader.separators, barmode="stack", bargap=0.15, barcornerradius=0, showlegend=True, legend=TOP_LEGEND,
        xaxis=make_axis(reader.words.started, type="date", tickformat=_format_ticks(found.unit), nticks=6,
                        showgrid=False),
        yaxis=make_axis(reader.words.runs_began, rangemode="tozero", tickformat=",d", **_space_ticks(found)),
    )  # fmt: skip
    return Figure(
        name="activity",
        title=_say_title(found, reader),
        alt=reader.words.activity_alt,
        plotly={"data": [_stack(found, state, name, reader) for state, name in names.items()], "layout": layout},
        table=_tabulate(found, names, reader),
    )


def _space_ticks(found: Activity) -> dict[str, int]:
    """Whole runs alone are marked."""
    return {"dtick": 1} if max(bar.total for bar in found.bars) <= _FEW else {"nticks": 5}


def _format_ticks(unit: Unit) -> str:
    """Figures alone: Plotly knows the months in one language."""
    return "%Y-%m" if unit is Unit.MONTH else "%Y-%m-%d"


def _say_title(found: Activity, reader: Reader) -> str:
    busiest = max(found.bars, key=lambda bar: bar.total)
    said = {"most": reader.count(busiest.total), "runs": reader.count(found.runs)}
    if found.unit is Unit.DAY:
        return reader.say(reader.words.activity_title, day=busiest.first.isoformat(), **said)
    first, last = busiest.first.isoformat(), busiest.last.isoformat()
    return reader.say(reader.words.activity_title_span, first=first, last=last, **said)


def _stack(found: Activity, state: str, name: str, reader: Reader) -> dict[str, Any]:
    """Each bar stands in the middle of its stretch."""
    role = _ROLES[state]
    return {
        "type": "bar",
        "name": name,
        "x": [_middle(bar) for bar in found.bars],
        "y": [bar.runs[state] for bar in found.bars],
        "hovertext": [f"{_say_stretch(bar)}<br>{name}: {reader.count(bar.runs[state])}" for bar in found.bars],
        "hoverinfo": "text",
        "marker": {"color": colour(role)},
        "meta": {"role": role},
    }


def _middle(bar: Bar) -> str:
    return (bar.first + (bar.last - bar.first) // 2).isoformat()


def _say_stretch(bar: Bar) -> str:
    first, last = bar.first.isoformat(), bar.last.isoformat()
    return first if first == last else f"{first} – {last}"


def _tabulate(found: Activity, names: dict[str, str], reader: Reader) -> Table:
    """The page leaves out stretches without a run; the file to keep has them all."""
    words = reader.words
    cells: list[tuple[Cell, ...]] = [
        (bar.first.isoformat(), bar.last.isoformat(), bar.total, *(bar.runs[state] for state in names))
        for bar in found.bars
    ]
    texts = [
        (
            bar.first.isoformat(), bar.last.isoformat(), reader.count(bar.total),
            *(reader.count(bar.runs[state]) for state in names),
        )
        for bar in found.bars if bar.total
    ]  # fmt: skip
    return Table((words.from_day, words.to_day, words.all_states, *names.values()), tuple(cells), tuple(texts))
