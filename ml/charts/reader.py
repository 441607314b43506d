"""Whom a chart speaks to: their language, the dataset's labels in it, and how they write numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from html import escape
from textwrap import wrap

from ml.charts.words import ENGLISH, Words
from ml.numbers import write_number
from ml.spec import Column, DatasetSpec

_LABEL_WIDTH = 22


@dataclass(frozen=True)
class Reader:
    """Labels, words and numbers for one reader."""

    spec: DatasetSpec
    language: str = "en"
    words: Words = ENGLISH

    @cached_property
    def _columns(self) -> dict[str, Column]:
        return {column.name: column for column in self.spec.columns}

    @property
    def separators(self) -> str:
        """The decimal and the thousands mark, as Plotly takes them."""
        return ",." if self.language.startswith("es") else ".,"

    @property
    def class_labels(self) -> tuple[str, ...]:
        """The classes in order, as pages call them."""
        return tuple(self.category(self.spec.target.name, name) for name in self.spec.target.categories)

    def label(self, column: str) -> str:
        """What pages call a column."""
        return self._columns[column].label.in_language(self.language)

    def label_with_unit(self, column: str) -> str:
        """The column's label and, where it has one, its unit."""
        unit = self._columns[column].unit
        return self.label(column) + (f" ({unit.in_language(self.language)})" if unit else "")

    def category(self, column: str, category: str) -> str:
        """What pages call a category."""
        return self._columns[column].label_of(category, self.language)

    def say(self, template: str, **values: str) -> str:
        """Fill a sentence."""
        return template % values

    def number(self, value: float | None, digits: int = 2) -> str:
        """A number with a fixed count of digits."""
        return "–" if value is None else write_number(value, digits, self.language)

    def count(self, value: int) -> str:
        """A whole number."""
        return self.number(value, 0)

    def value(self, value: float) -> str:
        """A number of the data: as many digits as it needs, at most four significant."""
        text = f"{value:.4g}"
        return text.replace(".", ",") if self.language.startswith("es") else text

    def percent(self, share: float, digits: int = 1) -> str:
        """A share in [0, 1] as a percentage."""
        return f"{self.number(share * 100, digits)}\N{NO-BREAK SPACE}%"

    def p_value(self, value: float) -> str:
        """A p-value to the digits that its shuffles allow."""
        return self.number(value, 4)


def fold(text: str) -> str:
    """Break a label into short lines and escape it: Plotly reads a few HTML tags in text."""
    if 0 < len(text) <= _LABEL_WIDTH and text.isprintable() and text == text.strip():
        return escape(text, quote=False)  # as below, in a tenth of the time: a chart names a thousand runs
    return "<br>".join(escape(line, quote=False) for line in wrap(text, _LABEL_WIDTH)) or "–"
