"""The classes' key, above the plot and in their order."""

from __future__ import annotations

from typing import Any

TOP_LEGEND: dict[str, Any] = {
    "orientation": "h",
    "x": 0,
    "xanchor": "left",
    "xref": "container",
    "y": 1,
    "yanchor": "top",
    "yref": "container",
    "traceorder": "normal",
    "bgcolor": "rgba(0,0,0,0)",
    "itemwidth": 30,
}
