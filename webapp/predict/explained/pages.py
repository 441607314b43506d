"""What stands beside an answer."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.scores import Score


@dataclass(frozen=True)
class Push:
    """What a column does to the share of the class that is answered; the bar runs from `start` over `width` of 100."""

    label: str
    value: str
    points: str
    start: float
    width: float
    is_up: bool


@dataclass(frozen=True)
class PushLine:
    """What a column does to every class."""

    label: str
    value: str
    points: tuple[str, ...]


@dataclass(frozen=True)
class WhyView:
    """The way from the base rate to the answer."""

    lead: str
    pushes: tuple[Push, ...]
    rest: str
    error: str
    classes: tuple[str, ...]
    base: tuple[str, ...]
    lines: tuple[PushLine, ...]
    answer: tuple[str, ...]


@dataclass(frozen=True)
class ChangeLine:
    """One other cell and what would be answered then."""

    value: str
    named: str
    is_other: bool
    share: str
    points: str
    rival: str
    rival_share: str


@dataclass(frozen=True)
class ColumnChanges:
    """A column, what it is now, and every other value."""

    label: str
    now: str
    is_sensitive: bool
    lines: tuple[ChangeLine, ...]


@dataclass(frozen=True)
class Way:
    """Changes that together lead to another class, as pairs of column and value, and that class's share then."""

    steps: tuple[tuple[str, str], ...]
    share: str


@dataclass(frozen=True)
class Reached:
    """The fewest changes to a class; `none` says so where there are none."""

    name: str
    ways: tuple[Way, ...]
    more: str
    none: str


@dataclass(frozen=True)
class WhatIfView:
    """What would be answered to other rows."""

    named: str
    share: str
    lead: str
    columns: tuple[ColumnChanges, ...]
    reached: tuple[Reached, ...]
    sensitive: str
    """The labels of the columns that were left alone because they are sensitive, or that could be."""
    with_sensitive: bool


@dataclass(frozen=True)
class AlikeLine:
    """A class among the training rows that are like this one, and among all."""

    name: str
    count: str
    share: str
    interval: str
    everybody: str


@dataclass(frozen=True)
class AlikeGroup:
    """Rows within a distance, and what became of them."""

    lead: str
    lines: tuple[AlikeLine, ...]


@dataclass(frozen=True)
class AlikeView:
    """The training rows that are like this one; without a group there are too few."""

    groups: tuple[AlikeGroup, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Explained:
    """The three parts; those that need the training rows are None where these are not there."""

    why: WhyView | None
    whatif: WhatIfView
    alike: AlikeView | None


@dataclass(frozen=True)
class Difference:
    """An answer given, in both rows."""

    label: str
    first: str
    second: str


@dataclass(frozen=True)
class TwoChances:
    """A class with its share in both answers."""

    name: str
    first: str
    second: str
    points: str


@dataclass(frozen=True)
class Comparison:
    """Two answers beside each other: the one kept, and this one."""

    first_named: str
    second_named: str
    first_href: str
    chances: tuple[TwoChances, ...]
    differences: tuple[Difference, ...]
    same: tuple[Difference, ...]


@dataclass(frozen=True)
class Kept:
    """An answer that is kept for comparison while the form is filled in again; `token` travels with the form."""

    token: str
    named: str
    href: str


@dataclass(frozen=True)
class Saved:
    """The link of an answer; `then` says what was answered when it was made, where that was another version."""

    href: str
    keep_href: str
    days: int
    then: str


@dataclass(frozen=True)
class Extras:
    """All that stands beside an answer, as far as it is there. `explained` is None while it is still to be fetched."""

    given: tuple[tuple[str, str], ...] = ()
    score: Score | None = None
    saved: Saved | None = None
    explained: Explained | None = None
    kept: Kept | None = None
    comparison: Comparison | None = None
    trouble: str = ""


NO_EXTRAS = Extras()
