"""Which metric of the runs to lay over each other, how to draw it, and whether to average groups."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from werkzeug.datastructures import MultiDict

from webapp.runs.histories.asked import KEY_LENGTH, CurvesAsked, read_asked

Source = Literal["params", "tags"]
_SOURCES: dict[str, Source] = {"params": "params", "tags": "tags"}


@dataclass(frozen=True)
class Grouping:
    """A param or a tag by whose values runs belong together."""

    source: Source
    key: str

    @property
    def name(self) -> str:
        """As an address names it."""
        return f"{self.source}.{self.key}"


@dataclass(frozen=True)
class OverlayAsked:
    """What is asked for; an empty key leaves the choice to us."""

    key: str = ""
    drawing: CurvesAsked = field(default_factory=CurvesAsked)
    grouping: Grouping | None = None

    def to_arguments(self) -> dict[str, Any]:
        """The arguments of an address that asks for the same."""
        drawing = self.drawing.to_arguments()
        return {
            "key": self.key or None,
            **{name: drawing[name] for name in ("x", "y", "smooth")},
            "by": self.grouping.name if self.grouping else None,
        }


ARGUMENTS = ("key", "x", "y", "smooth", "by")
"""The arguments that are ours on a page that has others too."""


def read_overlay(arguments: MultiDict[str, str]) -> OverlayAsked:
    """Read what an address asks for; what means nothing is left out."""
    source, _dot, key = arguments.get("by", "").partition(".")
    grouping = Grouping(_SOURCES[source], key[:KEY_LENGTH]) if source in _SOURCES and key else None
    return OverlayAsked(arguments.get("key", "")[:KEY_LENGTH], read_asked(arguments), grouping)
