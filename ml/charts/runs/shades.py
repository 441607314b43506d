"""Runs told apart by colour: quarters of a number along the ramp, categories by colour and by the shape of the mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ml.charts.reader import Reader
from ml.charts.runs.values import Dimension, cut, quantile

_CATEGORIES = (
    ("accent", "circle"),
    ("ink", "square"),
    ("ramp:0.4", "diamond"),
    ("soft", "triangle-up"),
    ("ramp:1", "cross"),
    ("faint", "star"),
)
_OTHERS = ("faint", "circle-open")
_WITHOUT = ("faint", "x-thin-open")
_RAMP = ("ramp:0.2", "ramp:0.47", "ramp:0.73", "ramp:1")
_SYMBOLS = ("circle", "square", "diamond", "triangle-up")


@dataclass(frozen=True)
class Shade:
    """Some of the runs, drawn alike. `members` are their places."""

    label: str
    role: str
    symbol: str
    members: tuple[int, ...]


def shade_runs(by: Dimension | None, places: Sequence[int], reader: Reader) -> tuple[Shade, ...]:
    """Divide runs by a dimension; the darkest of a number's quarters is the best, or the highest."""
    if by is None:
        return (Shade("", "accent", "circle", tuple(places)),)
    if by.numbers is not None and len(set(by.known)) > len(_RAMP):
        found = _quarter(by, by.numbers, places, reader)
    else:
        found = _sort_out(by, places, reader)
    shaded = {place for shade in found for place in shade.members}
    without = tuple(place for place in places if place not in shaded)
    return (*found, *([Shade(reader.words.not_logged, *_WITHOUT, without)] if without else []))


def _quarter(
    by: Dimension, numbers: tuple[float | None, ...], places: Sequence[int], reader: Reader
) -> tuple[Shade, ...]:
    ordered = sorted(number for place in places if (number := numbers[place]) is not None)
    if not ordered:
        return ()
    cuts = [quantile(ordered, share) for share in (0.25, 0.5, 0.75)]
    quarters: list[list[int]] = [[] for _ in _RAMP]
    for place in places:
        number = numbers[place]
        if number is not None:
            quarters[sum(number > edge for edge in cuts)].append(place)
    roles = tuple(reversed(_RAMP)) if by.is_lower_better else _RAMP
    return tuple(
        Shade(_name_quarter([numbers[place] or 0.0 for place in members], by, reader), role, symbol, tuple(members))
        for members, role, symbol in zip(quarters, roles, _SYMBOLS, strict=True)
        if members
    )


def _name_quarter(values: list[float], by: Dimension, reader: Reader) -> str:
    low, high = by.read(min(values), reader), by.read(max(values), reader)
    return low if low == high else f"{low} – {high}"


def _sort_out(by: Dimension, places: Sequence[int], reader: Reader) -> tuple[Shade, ...]:
    members: dict[str, list[int]] = {}
    for place in places:
        if by.texts[place]:
            members.setdefault(by.texts[place], []).append(place)
    names = [name for name in by.categories if name in members]
    styles = tuple(zip(_RAMP, _SYMBOLS, strict=True)) if by.numbers is not None else _CATEGORIES
    shown, others = names[: len(styles)], names[len(styles) :]
    shades = [Shade(cut(name), *style, tuple(members[name])) for name, style in zip(shown, styles, strict=False)]
    rest = tuple(place for name in others for place in members[name])
    return (*shades, *([Shade(reader.words.all_others, *_OTHERS, rest)] if rest else []))
