"""Picking columns by a plain form: what is offered, and what an address says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from webapp.compare.runs.sheet import Column, Kind
from webapp.runs.pickers import Option, OptionGroup

LONGEST = 60
MOST_OPTIONS = 400
"""Columns in one list: strangers may log thousands."""


@dataclass(frozen=True)
class Select:
    """A list to pick one of, or several. `none` is what picking nothing is called, empty where something must be."""

    name: str
    label: str
    groups: tuple[OptionGroup, ...]
    none: str = ""
    is_many: bool = False


@dataclass(frozen=True)
class Tick:
    """A switch."""

    name: str
    label: str
    is_set: bool


def pick(code: str, known: Sequence[Column], usual: Iterable[Column]) -> Column | None:
    """The column that the address names, else the first of the usual ones."""
    named = next((column for column in known if column.code == code), None)
    return named or next(iter(usual), None)


def pick_several(codes: Sequence[str], known: Sequence[Column], usual: Sequence[Column]) -> list[Column]:
    """The columns that the address names, else the usual ones."""
    return [column for column in known if column.code in set(codes)] or list(usual)


def offer(name: str, label: str, known: Sequence[Column], chosen: Column | None, none: str = "") -> Select:
    """A list to pick one of."""
    return Select(name, label, _group(known, [chosen] if chosen else []), none)


def offer_several(name: str, label: str, known: Sequence[Column], chosen: Sequence[Column]) -> Select:
    """A list to pick several of."""
    return Select(name, label, _group(known, chosen), is_many=True)


def _group(known: Sequence[Column], chosen: Sequence[Column]) -> tuple[OptionGroup, ...]:
    codes = {column.code for column in chosen}
    shown = [column for place, column in enumerate(known) if place < MOST_OPTIONS or column.code in codes]
    words = {
        Kind.PARAM: _("Params"), Kind.METRIC: _("Metrics"), Kind.ATTRIBUTE: _("Attributes"), Kind.TAG: _("Tags"),
        Kind.COMPANY: _("Intervals, baselines, training rows"),
    }  # fmt: skip
    groups = (
        OptionGroup(
            word,
            tuple(Option(c.code, _cut(c.label), c.code in codes) for c in shown if c.kind is kind),
        )
        for kind, word in words.items()
    )
    return tuple(group for group in groups if group.options)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
