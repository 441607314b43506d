"""Horizontal bars with their numbers beside them."""

from __future__ import annotations

from typing import Any

from ml.charts.palette import colour

_ROOM = 1.3
"""The axis reaches further than the longest bar, so that its label fits."""


def make_bars(
    values: list[float], texts: list[str], roles: list[str], hovers: list[str], **changes: Any
) -> dict[str, Any]:
    """Make bars at positions 0, 1, …, each with its text at its end: inside where it fits."""
    bars: dict[str, Any] = {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(values))),
        "x": values,
        "text": texts,
        "textposition": "auto",
        "textangle": 0,
        "insidetextanchor": "end",
        "cliponaxis": False,
        "hovertext": hovers,
        "hoverinfo": "text",
        "marker": {"color": [colour(role) for role in roles]},
        "meta": {"roles": roles},
    }
    return bars | changes


def room_for(values: list[float]) -> list[float]:
    """The range of an axis with room for labels right of the bars."""
    return [0, max(values, default=0) * _ROOM or 1]


def bars_height(bars: int, around: int = 70) -> int:
    """Pixels for so many bars with an axis below."""
    return bars * 38 + around
