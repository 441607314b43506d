"""For whom a run is worth what: its figures by group, and what the sensitive columns have to do with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ml.results import Difference, Estimate

Measure = Literal["accuracy", "found", "false_alarm"]

FEWEST = 10
"""Rows that a figure needs to be shown: of fewer, somebody could be recognised."""


@dataclass(frozen=True)
class Rate:
    """A share of `rows` with its interval. Both are None where too few rows are behind it.

    The share without its count is that of rows whose count would give away a hidden one.
    """

    share: Estimate | None
    rows: int | None


@dataclass(frozen=True)
class Outcome:
    """Classes that are looked at together: the upper half where classes are ordered, else each by itself."""

    classes: tuple[str, ...]


@dataclass(frozen=True)
class OutcomeFigures:
    """How one outcome fares in a group."""

    found: Rate
    """Recall: of the rows that are in these classes, the share answered with one of them."""
    false_alarm: Rate
    """Of the rows that are in other classes, the share answered with one of these."""
    surplus: Estimate | None
    """Mean probability of these classes minus their share of the group: above 0 the model expects too many."""


@dataclass(frozen=True)
class Group:
    """Rows alike in some sensitive columns."""

    categories: tuple[str | None, ...]
    """One a column; None for a missing value."""
    rows: int | None
    """None where the group is hidden, and everything with it."""
    accuracy: Estimate | None
    outcomes: tuple[OutcomeFigures, ...]

    def share_of(self, gap: Gap) -> Estimate | None:
        """The group's figure of the measure that a gap is in."""
        if gap.outcome is None:
            return self.accuracy
        figures = self.outcomes[gap.outcome]
        return (figures.found if gap.measure == "found" else figures.false_alarm).share


@dataclass(frozen=True)
class Gap:
    """The largest difference of a measure between two groups: the higher minus the lower."""

    measure: Measure
    outcome: int | None
    """Which of the outcomes; None for accuracy."""
    higher: tuple[str | None, ...]
    lower: tuple[str | None, ...]
    difference: Estimate
    """Its interval allows for the pair having been picked among all `pairs`."""
    pairs: int


@dataclass(frozen=True)
class Slicing:
    """The rows cut by one or two sensitive columns."""

    columns: tuple[str, ...]
    groups: tuple[Group, ...]
    gaps: tuple[Gap, ...]

    def shares_of(self, gap: Gap) -> tuple[Estimate | None, Estimate | None]:
        """The figures of the higher and of the lower group of a gap."""
        groups = {group.categories: group for group in self.groups}
        return groups[gap.higher].share_of(gap), groups[gap.lower].share_of(gap)


@dataclass(frozen=True)
class ChangedAnswers:
    """Of the rows of a group, the share that is answered otherwise without the sensitive columns."""

    column: str
    category: str | None
    rows: int | None
    share: Estimate | None


@dataclass(frozen=True)
class LeavingOut:
    """The same family on the same folds with and without the sensitive columns."""

    folds: int
    repeats: int
    with_them: Mapping[str, Estimate]
    without: Mapping[str, Estimate]
    differences: Mapping[str, Difference]
    """Without minus with, fold by fold."""
    changed: Estimate
    """The share of all answers that change."""
    changed_by: tuple[ChangedAnswers, ...]


@dataclass(frozen=True)
class ProxyColumn:
    """A column that stays, and how often it alone names the sensitive one rightly (balanced accuracy)."""

    column: str
    balanced_accuracy: Estimate


@dataclass(frozen=True)
class Proxy:
    """How well the columns that stay predict a sensitive one, by a logistic regression on rows not seen."""

    column: str
    rows: int
    categories: tuple[str, ...]
    """Those with enough rows to be told apart."""
    balanced_accuracy: Estimate
    chance: float
    strongest: tuple[ProxyColumn, ...]
    """The best first."""


@dataclass(frozen=True)
class People:
    """All that is known of for whom. `columns` are the sensitive ones; there may be none."""

    columns: tuple[str, ...]
    are_used: bool
    """Whether the model read them."""
    outcomes: tuple[Outcome, ...] = ()
    everybody: Group | None = None
    slices: tuple[Slicing, ...] = ()
    leaving_out: LeavingOut | None = None
    """None where nothing was compared, as for the baselines."""
    proxies: tuple[Proxy, ...] = ()

    @property
    def widest_gap(self) -> tuple[Slicing, Gap] | None:
        """The largest gap between groups of one column: in finding the upper classes, else in being right."""
        gaps = [(slicing, gap) for slicing in self.slices for gap in slicing.gaps if len(slicing.columns) == 1]
        found = [item for item in gaps if item[1].measure == "found"] if len(self.outcomes) == 1 else []
        right = [item for item in gaps if item[1].measure == "accuracy"]
        return max(found or right, key=lambda item: item[1].difference.mean, default=None)
