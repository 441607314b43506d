"""What an address asks to see of an experiment.

What means nothing is left out: an old link is better shown than refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ml.charts.experiments.calendar import Unit
from webapp.experiments.metrics import read_metric

BETTER = ("higher", "lower")


@dataclass(frozen=True)
class Asked:
    """Empty values leave the choice to us. `until` is a day in the last stretch of the calendar to show."""

    metric: str = ""
    better: str = ""
    x: str = ""
    x_better: str = ""
    y: str = ""
    y_better: str = ""
    unit: Unit | None = None
    until: date | None = None

    def pairs(self, *without: str) -> tuple[tuple[str, str], ...]:
        """The parameters of an address that asks for the same, but for some of them."""
        found = {
            "metric": self.metric,
            "better": self.better,
            "x": self.x,
            "x_better": self.x_better,
            "y": self.y,
            "y_better": self.y_better,
            "unit": str(self.unit or ""),
            "until": self.until.isoformat() if self.until else "",
        }
        return tuple((name, text) for name, text in found.items() if text and name not in without)


def read_asked(args: Mapping[str, str]) -> Asked:
    """Read what an address asks for."""
    return Asked(
        metric=read_metric(args.get("metric", "")),
        better=_read_better(args.get("better", "")),
        x=read_metric(args.get("x", "")),
        x_better=_read_better(args.get("x_better", "")),
        y=read_metric(args.get("y", "")),
        y_better=_read_better(args.get("y_better", "")),
        unit=Unit(unit) if (unit := args.get("unit", "")) in set(Unit) else None,
        until=_read_day(args.get("until", "")),
    )


def _read_better(text: str) -> str:
    return text if text in BETTER else ""


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
