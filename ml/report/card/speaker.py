"""How a card speaks in one language: labels, numbers, sentences."""

from __future__ import annotations

from dataclasses import dataclass

from ml.examination.people import Outcome
from ml.numbers import write_number
from ml.report.card.values import ModelCard
from ml.report.card.words import FAMILIES, Words
from ml.results import Difference, Estimate
from ml.spec.values import Text

_NONE = "–"


@dataclass(frozen=True)
class Speaker:
    """A card and the language that it is told in."""

    card: ModelCard
    language: str

    def say(self, text: Text, **values: str | int) -> str:
        """Fill in a sentence."""
        return text.in_language(self.language) % values

    def label(self, column: str) -> str:
        """What pages call a column."""
        label = self.card.dataset.labels.get(column)
        return label.in_language(self.language) if label else column

    def labels(self, columns: tuple[str, ...]) -> str:
        """What pages call some columns."""
        return ", ".join(map(self.label, columns))

    def category(self, column: str, category: str | None) -> str:
        """What pages call a category; of a missing value, which column it is missing in."""
        if category is None:
            return self.say(Words.missing, column=self.label(column))
        label = self.card.dataset.categories.get(column, {}).get(category)
        return label.in_language(self.language) if label else category

    def class_(self, name: str) -> str:
        """What pages call a class."""
        return self.category(self.card.dataset.target, name)

    def outcome(self, outcome: Outcome) -> str:
        """The classes of an outcome."""
        first, *others = map(self.class_, outcome.classes)
        for other in others:
            first = self.say(Words.or_, first=first, second=other)
        return first

    def group(self, columns: tuple[str, ...], categories: tuple[str | None, ...]) -> str:
        """The categories of a group."""
        return " · ".join(self.category(column, name) for column, name in zip(columns, categories, strict=True))

    def family(self, name: str) -> str:
        """What people call a family of models."""
        known = FAMILIES.get(name)
        return known.in_language(self.language) if known else name.replace("_", " ")

    def number(self, value: float, digits: int = 3) -> str:
        """A number with a fixed count of digits."""
        return write_number(value, digits, self.language)

    def count(self, value: int) -> str:
        """A whole number."""
        return self.number(value, 0)

    def percent(self, share: float | None) -> str:
        """A share in [0, 1] as a percentage."""
        return _NONE if share is None else f"{self.number(share * 100, 0)}\N{NO-BREAK SPACE}%"

    def estimate(self, estimate: Estimate | None, digits: int = 3) -> str:
        """A value and its interval."""
        if estimate is None:
            return _NONE
        low, high = (self.number(end, digits) for end in (estimate.low, estimate.high))
        return f"{self.number(estimate.mean, digits)} [{low}, {high}]"

    def share(self, share: Estimate) -> str:
        """A share and its interval, as percentages."""
        return f"{self.percent(share.mean)} {self.interval(share)}"

    def interval(self, share: Estimate | Difference) -> str:
        """The interval of a share, in points."""
        return f"[{self.number(share.low * 100, 0)}–{self.number(share.high * 100, 0)}]"

    def points(self, share: float) -> str:
        """A difference of shares in points, with its sign."""
        text = self.number(abs(share) * 100, 0)
        return text if text == "0" else ("+" if share > 0 else "−") + text
