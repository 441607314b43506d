"""The axes of metric curves: by step, by time since the first value, or by the clock; linear or logarithmic."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from ml.charts.figure import make_axis, make_layout
from ml.charts.reader import Reader
from ml.histories import Curve, Point

Across = Literal["step", "since", "clock"]
_SECOND, _MINUTE, _HOUR, _DAY = 1000, 60_000, 3_600_000, 86_400_000
_FEW = 2
_MARGIN = {"l": 8, "r": 16, "t": 32, "b": 8, "pad": 6}
"""On top there is room for the buttons."""
_YEAR_10000 = 253_402_300_800_000


@dataclass(frozen=True)
class Axes:
    """How curves are to be drawn: what goes across, and whether a logarithm goes up where it can."""

    across: Across = "step"
    is_log: bool = False


@dataclass(frozen=True)
class Unit:
    """A unit of time: its length in milliseconds and what it is called."""

    ms: int
    name: str


def pick_unit(longest: float, reader: Reader) -> Unit:
    """Pick the largest unit of which there are a few in `longest` milliseconds."""
    words = reader.words
    units = (Unit(_DAY, words.days), Unit(_HOUR, words.hours), Unit(_MINUTE, words.minutes))
    return next((unit for unit in units if longest >= _FEW * unit.ms), Unit(_SECOND, words.seconds))


def place_across(across: Across, begin: int, unit: Unit) -> Callable[[Point], float]:
    """Say where across a point stands; `begin` is the time of the curve's first value."""
    if across == "step":
        return lambda point: point.step
    if across == "clock":
        return lambda point: point.time
    return lambda point: (point.time - begin) / unit.ms


def can_be_log(curves: Iterable[Curve]) -> bool:
    """Whether a logarithm has a place for every finite value."""
    lowest = [curve.lowest for curve in curves]
    return all(point.value > 0 for point in lowest if point is not None)


def lay_out(axes: Axes, unit: Unit, name: str, reader: Reader, **changes: Any) -> dict[str, Any]:
    """Lay out a chart that can be zoomed by drawing a rectangle, and keeps the zoom when it grows."""
    words = reader.words
    titles = {"step": words.step, "since": reader.say(words.since_first, unit=unit.name), "clock": words.clock}
    across = make_axis(titles[axes.across], fixedrange=False, zeroline=False, exponentformat="none")
    if axes.across == "clock":
        across |= {"type": "date"}
    up = make_axis(name, fixedrange=False, zeroline=False)
    if axes.is_log:
        up |= {"type": "log", "nticks": 8}
    return make_layout(
        changes.pop("height", 300), reader.separators, dragmode="zoom", uirevision="kept", xaxis=across, yaxis=up,
        **({"margin": _MARGIN} | changes),
    )  # fmt: skip


def make_hover(across: Across) -> str:
    """How Plotly says the point under the pointer."""
    where = {"step": "%{x}", "since": "%{x:.4~g}", "clock": "%{x|%Y-%m-%d %H:%M:%S}"}[across]
    return f"{where} → %{{y:.4~g}}"


def configure(reader: Reader) -> dict[str, Any]:
    """Configure Plotly: the buttons that zoom, in the reader's language."""
    words = reader.words
    return {
        "displayModeBar": True,
        "displaylogo": False,
        "modeBarButtons": [["zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "resetScale2d"]],
        "locale": "reader",
        "locales": {
            "reader": {
                "dictionary": {
                    "Zoom": words.zoom,
                    "Pan": words.pan,
                    "Zoom in": words.zoom_in,
                    "Zoom out": words.zoom_out,
                    "Reset axes": words.zoom_reset,
                    "Double-click to zoom back out": words.zoom_back,
                },
                "format": {"decimal": reader.separators[0], "thousands": reader.separators[1]},
            }
        },
    }


def say_time(ms: int) -> str:
    """A time of the store, to the second; one that no calendar has stays a number."""
    if not 0 <= ms < _YEAR_10000:
        return str(ms)
    return f"{datetime.fromtimestamp(ms / _SECOND, UTC):%Y-%m-%d %H:%M:%S}"


def isolate(name: str) -> str:
    """Keep a name that may be written from right to left from turning the sentence around it."""
    return name if name.isascii() else f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}"
