"""What a dataset is, as frozen values."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

_STRICT = {"extra": "forbid"}

NULL_WORDS = (
    "nan", "none", "missing", "null", "nil", "na", "n/a", "n.a.", "#n/a", "nat", "?", "-", "--", ".", "empty", "blank",
    "not available", "undefined",
)  # fmt: skip
"""Spellings of "no value", compared without case; a category of the column that is spelled so wins."""


class Kind(StrEnum):
    """What the values of a column are."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    NUMERIC = "numeric"


@dataclass(frozen=True)
class Text:
    """The same words in every language of the pages."""

    __pydantic_config__ = _STRICT

    en: str
    es: str

    def in_language(self, language: str) -> str:
        """Return the words in `language` (`es`, `es-MX`, …), in English where it is not known."""
        return self.es if language.lower().startswith("es") else self.en


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of the clean table."""

    __pydantic_config__ = _STRICT

    name: str
    kind: Kind
    label: Text
    help: Text | None = None
    categories: tuple[str, ...] = ()
    """Worst to best where ordinal; empty where numeric."""
    aliases: tuple[str, ...] = ()
    """Other headers, beside those that differ in case, spaces and underscores only."""
    category_labels: Mapping[str, Text] = field(default_factory=dict)
    category_aliases: Mapping[str, str] = field(default_factory=dict)
    """Other spelling → category."""
    low: float | None = None
    high: float | None = None
    unit: Text | None = None
    is_sensitive: bool = False
    why_sensitive: Text | None = None

    def label_of(self, category: str, language: str) -> str:
        """Return how a page calls `category`: its label, or the category itself where it has none."""
        label = self.category_labels.get(category)
        return label.in_language(language) if label else category


@dataclass(frozen=True, kw_only=True)
class SourceSpec:
    """Where the dataset is published, and how to know that a copy is the real one."""

    __pydantic_config__ = _STRICT

    url: str
    """Of a zip archive."""
    member: str
    """The file's name inside the archive."""
    content_sha256: str
    title: str
    licence: str
    licence_url: str
    citation: str
    doi: str
    page_url: str


@dataclass(frozen=True, kw_only=True)
class StandInSpec:
    """Published frequencies from which a stand-in is sampled. Every feature stands in exactly one of the three."""

    __pydantic_config__ = _STRICT

    rows: int
    seed: int
    classes: Mapping[str, int]
    """Class → rows."""
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Column → category → rows."""
    counts_by_class: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
    """Column → class → category → rows."""
    quantiles: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """Numeric column → evenly spaced quantiles, from the minimum to the maximum."""


@dataclass(frozen=True, kw_only=True)
class DatasetSpec:
    """All that Proctor knows of a dataset before it sees a row."""

    __pydantic_config__ = _STRICT

    name: str
    title: Text
    short_title: str
    row_noun: Text
    row_noun_plural: Text
    notice: Text
    """What a prediction may be used for; it stands beside each."""
    target: Column
    """Its categories are the classes, in order."""
    features: tuple[Column, ...]
    source: SourceSpec | None = None
    stand_in: StandInSpec | None = None
    null_words: tuple[str, ...] = NULL_WORDS
    sha256: str
    """Of the YAML's bytes."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """The target and the features, in the order of the clean table."""
        return (self.target, *self.features)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The names of the features, in order."""
        return tuple(column.name for column in self.features)

    @property
    def sensitive_names(self) -> tuple[str, ...]:
        """The names of the features that say who somebody is rather than what they did."""
        return tuple(column.name for column in self.features if column.is_sensitive)

    def without_sensitive(self) -> DatasetSpec:
        """Return the same contract with the sensitive features left out."""
        return dataclasses.replace(self, features=tuple(c for c in self.features if not c.is_sensitive))
