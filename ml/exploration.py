"""What an exploration found, as frozen values, and their way back from JSON.

Neither numpy nor pandas is imported here: the web process reads the stored numbers and draws them.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints


class ExplorationError(ValueError):
    """The stored numbers are not those of this version of Proctor; the message names the place."""


@dataclass(frozen=True)
class CategoryCounts:
    """A nominal or ordinal column against the target."""

    column: str
    categories: tuple[str, ...]
    """In the spec's order."""
    counts: tuple[tuple[int, ...], ...]
    """One row a category, one cell a class, in the order of the classes."""
    missing: tuple[int, ...]
    """Rows without a value, by class."""


@dataclass(frozen=True)
class Box:
    """Five-number summary of one group, with Tukey's whiskers: the furthest values within 1.5 IQR of the quartiles."""

    group: str | None
    """The class, or None for all rows."""
    rows: int
    mean: float
    minimum: float
    lower_whisker: float
    first_quartile: float
    median: float
    third_quartile: float
    upper_whisker: float
    maximum: float


@dataclass(frozen=True)
class Outlier:
    """Values of a numeric column that a rule finds far out; they stay in the data."""

    value: float
    rows: int
    rule: str
    """`below_fence` or `above_fence`: beyond 1.5 IQR (Tukey); `far_below`, `far_above`: beyond 3 IQR."""


@dataclass(frozen=True)
class NumericDistribution:
    """A numeric column against the target."""

    column: str
    edges: tuple[float, ...]
    counts: tuple[tuple[int, ...], ...]
    """One row a bin, one cell a class; a bin takes its lower edge, the last one both."""
    boxes: tuple[Box, ...]
    """All rows first, then each class that has values."""
    lower_fence: float | None
    upper_fence: float | None
    """None where no value is known."""
    outlying_rows: int
    out_of_range_cells: int
    """Cells that cleaning took out because they lie outside the spec's range."""
    outliers: tuple[Outlier, ...]
    """The most extreme values, at most twenty."""
    missing: tuple[int, ...]
    """Rows without a value, by class."""


@dataclass(frozen=True)
class Information:
    """What one column says about the target, in bits, over the rows where it is known."""

    column: str
    rows: int
    bits: float
    chance: float
    """Mean of `bits` once the labels are shuffled: what a column of this shape says by luck alone."""
    chance_high: float
    """Its 95th percentile."""
    p_value: float
    """Share of the shuffles that say as much, counting the real one."""
    p_adjusted: float
    """Holm's correction over all columns."""


@dataclass(frozen=True)
class MissingCells:
    """Feature cells without a value after cleaning."""

    column: str
    cells: int


@dataclass(frozen=True)
class Twins:
    """A feature vector that stands on several rows, with the labels it stands beside."""

    cells: tuple[str | float | None, ...]
    """In the order of the spec's features."""
    counts: tuple[int, ...]
    """Rows of each class."""


@dataclass(frozen=True)
class Repeats:
    """Rows that equal others in every feature, and what they allow anybody to know."""

    rows: int
    repeated_rows: int
    """Rows equal to an earlier row, label included."""
    distinct_profiles: int
    """Feature vectors, a missing cell being a value like any other."""
    repeated_profiles: int
    contradictory_profiles: int
    rows_in_contradiction: int
    ceiling: float
    """The best share of these very rows that any function of the columns can get right."""
    pairs: int
    """Pairs of rows that are equal in every feature."""
    agreement: float | None
    """Share of those pairs whose labels agree."""
    agreement_low: float | None
    agreement_high: float | None
    """Its 95 % interval, profiles being the sampling unit."""
    best_low: float | None
    best_high: float | None
    """Cover and Hart's bounds on the best possible accuracy on new rows like the repeated ones."""
    largest: tuple[Twins, ...]
    """The contradictory profiles with most rows, at most ten."""


@dataclass(frozen=True)
class Spelling:
    """One raw spelling of one column. `became` is None where the cell is missing after cleaning."""

    raw: str
    became: str | None
    cells: int


@dataclass(frozen=True)
class RawColumn:
    """A column before and after cleaning, over the rows that could be used."""

    column: str
    header: str
    spellings: int
    values: int
    """Distinct values after cleaning, missing apart."""
    cells_changed: int
    cells_lost: int
    """Cells that held something that is no value: they are missing now."""
    cells_empty: int
    commonest: tuple[Spelling, ...]
    """The changed spellings with most cells, at most twenty."""


@dataclass(frozen=True)
class Exploration:
    """Everything that the Explore page and the exploration report say."""

    rows: int
    seed: int
    shuffles: int
    classes: tuple[str, ...]
    class_counts: tuple[int, ...]
    target_bits: float
    """Entropy of the target: what there is to know, in bits."""
    categorical: tuple[CategoryCounts, ...]
    numeric: tuple[NumericDistribution, ...]
    missing: tuple[MissingCells, ...]
    association_columns: tuple[str, ...]
    """The target, then the features."""
    association: tuple[tuple[float | None, ...], ...]
    """Bias-corrected Cramér's V of every pair; None where a column is constant."""
    information: tuple[Information, ...]
    """Most bits first."""
    repeats: Repeats
    raw: tuple[RawColumn, ...]


def read_exploration(tree: Any) -> Exploration:
    """Make an `Exploration` of what `json.loads` gave.

    Raises
    ------
    ExplorationError
        Where the tree does not fit; preparing the data again writes one that does.
    """
    found = _read(Exploration, tree, "exploration")
    assert isinstance(found, Exploration)  # noqa: S101 - for mypy: _read returns the type it is given
    return found


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, tree: Any, place: str) -> Any:
    if is_dataclass(kind):
        return _read_dataclass(kind, tree, place)
    if get_origin(kind) is tuple:
        if not isinstance(tree, list):
            raise ExplorationError(f"{place}: a list is expected")
        return tuple(_read(get_args(kind)[0], item, place) for item in tree)
    allowed = get_args(kind) if isinstance(kind, types.UnionType) else (kind,)
    if float in allowed and isinstance(tree, int):
        return float(tree)
    if not isinstance(tree, allowed):
        raise ExplorationError(f"{place}: {tree!r} is not expected")
    return tree


def _read_dataclass(kind: Any, tree: Any, place: str) -> Any:
    names = [item.name for item in fields(kind)]
    if not isinstance(tree, dict) or set(tree) != set(names):
        raise ExplorationError(f"{place}: the fields {', '.join(names)} are expected")
    return kind(**{name: _read(_hints(kind)[name], tree[name], f"{place}.{name}") for name in names})
