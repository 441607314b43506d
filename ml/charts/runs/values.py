"""What charts of many runs are drawn from: one value a run and dimension, as people read it and as a number."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ml.charts.figure import Cell
from ml.charts.reader import Reader

LONGEST = 60
"""Letters of a stranger's text in a chart."""
_HUGE = 1e9
WIDE_SPAN = 100
"""How many times the smallest value the largest must be for a log axis to help."""


@dataclass(frozen=True)
class Dimension:
    """A param, a metric or whatever else runs hold. `texts` is empty for a run that has none.

    `numbers` is None where some value is no number; `is_lower_better` is None where nobody knows.
    """

    label: str
    texts: tuple[str, ...]
    numbers: tuple[float | None, ...] | None
    is_lower_better: bool | None = None
    has_own_texts: bool = False
    """Whether the texts say more than the bare number, as times do."""
    is_measured: bool = False
    """Whether it came out of the run rather than was given to it."""

    @property
    def name(self) -> str:
        """The label, cut."""
        return cut(self.label)

    @cached_property
    def known(self) -> tuple[float, ...]:
        """The numbers that there are."""
        return tuple(number for number in self.numbers or () if number is not None)

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """The different texts: numbers in their order, others the commonest first."""
        counts = Counter(text for text in self.texts if text)
        if self.numbers is not None:
            values = {text: number for text, number in zip(self.texts, self.numbers, strict=True) if number is not None}
            return tuple(sorted(values, key=lambda text: values[text]))
        return tuple(text for text, _count in counts.most_common())

    @property
    def may_be_log(self) -> bool:
        """Whether a log axis would help."""
        return bool(self.known) and min(self.known) > 0 and max(self.known) > WIDE_SPAN * min(self.known)

    def read(self, number: float, reader: Reader) -> str:
        """A number of this dimension as people read it."""
        if self.has_own_texts and self.numbers is not None and number in self.numbers:
            return self.texts[self.numbers.index(number)]
        return write_number(number, reader)

    def say(self, place: int, reader: Reader) -> str:
        """A run's value as people read it."""
        number = self.numbers[place] if self.numbers is not None else None
        if number is None or self.has_own_texts:
            return cut(self.texts[place]) or "–"
        return write_number(number, reader)

    def cell(self, place: int) -> Cell:
        """A run's value to keep."""
        number = self.numbers[place] if self.numbers is not None and not self.has_own_texts else None
        return number if number is not None else self.texts[place] or None


def write_number(number: float, reader: Reader) -> str:
    """A number with as many digits as it needs; a whole one has all of them."""
    is_whole = number == round(number) and abs(number) < _HUGE
    return reader.count(round(number)) if is_whole else reader.value(number)


def cut(text: str) -> str:
    """Cut a long text."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def quantile(ordered: Sequence[float], share: float) -> float:
    """The quantile of sorted values, between neighbours by a straight line (Hyndman and Fan's seventh)."""
    place = share * (len(ordered) - 1)
    lower = math.floor(place)
    upper = min(lower + 1, len(ordered) - 1)
    gap = min(ordered[upper] - ordered[lower], sys.float_info.max)
    return ordered[lower] + (place - lower) * gap


def correlate_ranks(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Spearman's rank correlation, ties sharing their mean rank; None where one side does not vary."""
    ranks = [_rank(values) for values in (first, second)]
    centred = [[rank - (len(values) - 1) / 2 for rank in values] for values in ranks]
    norms = [math.sqrt(math.fsum(value * value for value in values)) for values in centred]
    if not all(norms):
        return None
    return math.fsum(a * b for a, b in zip(*centred, strict=True)) / (norms[0] * norms[1])


def _rank(values: Sequence[float]) -> list[float]:
    order = sorted(range(len(values)), key=lambda place: values[place])
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for place in order[start : end + 1]:
            ranks[place] = (start + end) / 2
        start = end + 1
    return ranks
