"""How a reader wants curves drawn, as the address says it, and the links that ask for something else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from ml.charts.axes import Across, Axes
from ml.histories import HEAVIEST
from webapp.formats import decimal
from webapp.runs.pickers import Choice

MOST_PICKED = 12
KEY_LENGTH = 250
_ACROSS: dict[str, Across] = {"step": "step", "since": "since", "clock": "clock"}
_WEIGHTS = (0.0, 0.6, 0.9, 0.97, 0.99)


@dataclass(frozen=True)
class CurvesAsked:
    """What goes across, the scale, how much is smoothed away, and which curves. Empty values leave the choice to us."""

    across: Across = "step"
    is_log: bool = False
    weight: float = 0.0
    prefix: str | None = None
    keys: tuple[str, ...] = ()

    @property
    def axes(self) -> Axes:
        """The axes of the charts."""
        return Axes(self.across, self.is_log)

    def to_arguments(self) -> dict[str, Any]:
        """The arguments of an address that asks for the same; what is usual is left out."""
        return {
            "x": None if self.across == "step" else self.across,
            "y": "log" if self.is_log else None,
            "smooth": f"{self.weight:g}" if self.weight else None,
            "prefix": self.prefix,
            "curve": list(self.keys) or None,
        }


@dataclass(frozen=True)
class Alternative:
    """Another way to draw: what it is called, what asks for it, and whether it is the one that was asked for."""

    label: str
    asked: CurvesAsked
    is_chosen: bool


@dataclass(frozen=True)
class Question:
    """A choice among ways to draw; `argument` is the address's name for it."""

    argument: str
    label: str
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True)
class Picker:
    """A choice among links, with its name."""

    label: str
    choices: tuple[Choice, ...]


def read_asked(arguments: MultiDict[str, str]) -> CurvesAsked:
    """Read what an address asks for; what means nothing is left out."""
    return CurvesAsked(
        across=_ACROSS.get(arguments.get("x", ""), "step"),
        is_log=arguments.get("y", "") == "log",
        weight=_read_weight(arguments.get("smooth", "")),
        prefix=arguments.get("prefix") or None,
        keys=tuple(dict.fromkeys(key[:KEY_LENGTH] for key in arguments.getlist("curve")))[:MOST_PICKED],
    )


def list_questions(asked: CurvesAsked) -> tuple[Question, ...]:
    """Offer what goes across, the scale and the smoothing."""

    def offer(name: str, labels: Mapping[Any, str]) -> tuple[Alternative, ...]:
        chosen = getattr(asked, name)
        return tuple(
            Alternative(label, replace(asked, **{name: value}), value == chosen) for value, label in labels.items()
        )

    across = {"step": _("Step"), "since": _("Time since the first value"), "clock": _("Clock time")}
    scale = {False: _("Linear"), True: _("Logarithmic")}
    smooth = {weight: decimal(weight, 2) if weight else _("None") for weight in sorted({*_WEIGHTS, asked.weight})}
    return (
        Question("x", _("Across"), offer("across", across)),
        Question("y", _("Scale"), offer("is_log", scale)),
        Question("smooth", _("Smoothing"), offer("weight", smooth)),
    )


def list_pickers(asked: CurvesAsked, link: Callable[[CurvesAsked], str]) -> tuple[Picker, ...]:
    """Offer the same as links; `link` makes the address that asks for it."""
    return tuple(
        Picker(
            item.label, tuple(Choice(other.label, link(other.asked), other.is_chosen) for other in item.alternatives)
        )
        for item in list_questions(asked)
    )


def _read_weight(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return round(min(weight, HEAVIEST), 3) if weight > 0 else 0.0
