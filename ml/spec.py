"""The contract of a dataset, read from YAML: its columns, their order, labels, source and stand-in.

The web process builds its form from it, so neither pandas nor numpy is imported here.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import TypeAdapter, ValidationError

if TYPE_CHECKING:
    from collections.abc import Hashable

_STRICT = {"extra": "forbid"}

NULL_WORDS = (
    "nan", "none", "missing", "null", "nil", "na", "n/a", "n.a.", "#n/a", "nat", "?", "-", "--", ".", "empty", "blank",
    "not available", "undefined",
)  # fmt: skip
"""Spellings of "no value", compared without case; a category of the column that is spelled so wins."""


class SpecError(ValueError):
    """The spec has a mistake; the message names the file and the place."""


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


def load_spec(path: Path) -> DatasetSpec:
    """Read and check the spec at `path`.

    Raises
    ------
    SpecError
        For the first mistake; the message names the file and the place.
    """
    try:
        content = path.read_bytes()
        tree = yaml.load(content, Loader=_UniqueKeyLoader)  # noqa: S506 - a SafeLoader
    except OSError as error:
        raise SpecError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise SpecError(f"{path}: is not valid YAML: {' '.join(str(error).split())}") from error
    try:
        spec = _build_spec(tree, hashlib.sha256(content).hexdigest())
        for problem in _find_problems(spec):
            raise SpecError(problem)  # noqa: TRY301 - the path is added below, for both kinds alike
    except SpecError as error:
        raise SpecError(f"{path}: {error}") from None
    return spec


def fold_header(header: str) -> str:
    """Return what headers are compared by: no case, no quotes, no spaces, underscores or hyphens."""
    return "".join(char for char in header.casefold() if not char.isspace() and char not in "_-'\"\ufeff")


def fold_category(text: str) -> str:
    """Return what categories are compared by: no case, no quotes or space around, underscores as spaces."""
    words = " ".join(strip_cell(text).casefold().replace("_", " ").split())
    return words or strip_cell(text).casefold()


def strip_cell(text: str) -> str:
    """Take white space, invisible marks and matching quotes off both ends, as often as they nest."""
    stripped = text.strip(_SPACE)
    while len(stripped) > 1 and stripped[0] == stripped[-1] and stripped[0] in "'\"`":
        stripped = stripped[1:-1].strip(_SPACE)
    return stripped


# what str.strip takes, and the marks that look like nothing: zero-width space and joiners, word joiner, byte order mark
_SPACE = "".join(map(chr, (*range(9, 14), *range(28, 33), 133, 160, 5760, *range(8192, 8208), 8232, 8233, 8239, 8287,
                           8288, 12288, 65279)))  # fmt: skip


class _UniqueKeyLoader(yaml.SafeLoader):
    """YAML lets a key repeat and the last one win; a spec must not."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key.value!r} stands twice", key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


def _build_spec(tree: Any, sha256: str) -> DatasetSpec:
    if not isinstance(tree, dict):
        raise SpecError("must be a mapping of keys to values")
    if "sha256" in tree:
        raise SpecError("sha256: is not a known key")
    try:
        return TypeAdapter(DatasetSpec).validate_python(tree | {"sha256": sha256})
    except ValidationError as error:
        raise SpecError(_describe(error, tree)) from None


_WORDS = {
    "missing": "is missing",
    "unexpected_keyword_argument": "is not a known key",
    "string_type": 'must be text; in YAML, words such as NO, YES, ON and numbers need quotes ("NO")',
    "enum": "must be one of nominal, ordinal, numeric",
    "dataclass_type": "must be a mapping of keys to values",
    "mapping_type": "must be a mapping of keys to values",
    "tuple_type": "must be a list",
}


def _describe(error: ValidationError, tree: Any) -> str:
    first = error.errors(include_url=False)[0]
    place = _name_place([part for part in first["loc"] if part != "[key]"], tree)
    return f"{place}: {_WORDS.get(first['type'], first['msg'])}"


def _name_place(location: list[int | str], tree: Any) -> str:
    """`features.3.kind` says little, `features[3] (coaching).kind` where to look."""
    place, at = "", tree
    for part in location:
        try:
            at = at[part]
        except (KeyError, IndexError, TypeError):
            at = None
        place += f"[{part}]" if isinstance(part, int) else f".{part}" if place else part
        if isinstance(part, int) and isinstance(at, dict) and "name" in at:
            place += f" ({at['name']})"
    return place


def _find_problems(spec: DatasetSpec) -> Iterator[str]:
    if not spec.name.isidentifier():
        yield f"name: {spec.name!r} becomes a file name: letters, digits and underscores only"
    if not spec.features:
        yield "features: there must be at least one"
    yield from _find_problems_of_names(spec)
    if spec.target.kind is Kind.NUMERIC:
        yield f"target ({spec.target.name}).kind: a class is nominal or ordinal, not numeric"
    for place, column in _places(spec):
        yield from (f"{place}{problem}" for problem in _find_problems_of_column(column))
    if spec.source and not _is_sha256(spec.source.content_sha256):
        yield "source.content_sha256: must be 64 hexadecimal digits"
    if spec.stand_in:
        yield from _find_problems_of_stand_in(spec, spec.stand_in)


def _places(spec: DatasetSpec) -> Iterator[tuple[str, Column]]:
    yield f"target ({spec.target.name})", spec.target
    for number, column in enumerate(spec.features):
        yield f"features[{number}] ({column.name})", column


def _find_problems_of_names(spec: DatasetSpec) -> Iterator[str]:
    seen: dict[str, str] = {}
    for place, column in _places(spec):
        if not fold_header(column.name):
            yield f"{place}.name: must not be empty"
        if column.name == spec.target.name and column is not spec.target:
            yield f"{place}.name: the target must not stand among the features"
        for header in {fold_header(text) for text in (column.name, *column.aliases)}:
            if header in seen:
                yield f"{place}: its name or an alias is already that of {seen[header]}"
            seen[header] = place


def _find_problems_of_column(column: Column) -> Iterator[str]:
    is_numeric = column.kind is Kind.NUMERIC
    if is_numeric and (column.categories or column.category_labels or column.category_aliases):
        yield ".categories: a numeric column has none"
    if not is_numeric and len(column.categories) < 2:  # noqa: PLR2004 - two is what makes a choice
        yield ".categories: there must be at least two"
    if not is_numeric and (column.low is not None or column.high is not None or column.unit):
        yield ".low: low, high and unit belong to numeric columns"
    if column.low is not None and column.high is not None and column.low > column.high:
        yield f".low: {column.low:g} lies above high ({column.high:g})"
    if column.why_sensitive and not column.is_sensitive:
        yield ".why_sensitive: the column is not marked is_sensitive"
    yield from _find_problems_of_categories(column)


def _find_problems_of_categories(column: Column) -> Iterator[str]:
    if repeated := _repeated(fold_category(category) for category in column.categories):
        yield f".categories: {repeated!r} stands twice (case, quotes, spaces and underscores do not count)"
    if any(strip_cell(category) != category or not category for category in column.categories):
        yield ".categories: a category is empty or has space or quotes around it"
    for category in column.category_labels:
        if category not in column.categories:
            yield f".category_labels: {category!r} is not a category of this column"
    own = {fold_category(category): category for category in column.categories}
    for spelling, category in column.category_aliases.items():
        if category not in column.categories:
            yield f".category_aliases: {category!r} is not a category of this column"
        if own.get(fold_category(spelling), category) != category:
            yield f".category_aliases: {spelling!r} is itself a category"


def _find_problems_of_stand_in(spec: DatasetSpec, stand_in: StandInSpec) -> Iterator[str]:
    if stand_in.rows < 1:
        yield "stand_in.rows: must be 1 or more"
    yield from _find_problems_of_counts("stand_in.classes", stand_in.classes, spec.target)
    features = {column.name: column for column in spec.features}
    named = [*stand_in.counts, *stand_in.counts_by_class, *stand_in.quantiles]
    if repeated := _repeated(named):
        yield f"stand_in: {repeated!r} stands in more than one of counts, counts_by_class and quantiles"
    for name in sorted(set(features) ^ set(named)):
        yield f"stand_in: {name!r} " + ("has no frequencies" if name in features else "is not a feature")
    for name, counts in stand_in.counts.items():
        yield from _find_problems_of_counts(f"stand_in.counts.{name}", counts, features[name])
    for name, by_class in stand_in.counts_by_class.items():
        if set(by_class) != set(spec.target.categories):
            yield f"stand_in.counts_by_class.{name}: must have every class, and nothing else"
        for class_, counts in by_class.items():
            yield from _find_problems_of_counts(f"stand_in.counts_by_class.{name}.{class_}", counts, features[name])
    for name, points in stand_in.quantiles.items():
        if features[name].kind is not Kind.NUMERIC or len(points) < 2 or list(points) != sorted(points):  # noqa: PLR2004 - a range has two ends
            yield f"stand_in.quantiles.{name}: must be two or more rising numbers of a numeric column"


def _find_problems_of_counts(place: str, counts: Mapping[str, int], column: Column) -> Iterator[str]:
    for category in counts:
        if category not in column.categories:
            yield f"{place}: {category!r} is not a category of {column.name}"
    if any(count < 0 for count in counts.values()) or not sum(counts.values()):
        yield f"{place}: counts are 0 or more, and not all 0"


def _repeated(values: Iterable[str]) -> str | None:
    return next((value for value, count in Counter(values).items() if count > 1), None)


def _is_sha256(text: str) -> bool:
    return len(text) == 64 and set(text) <= set("0123456789abcdef")  # noqa: PLR2004 - 256 bits in hexadecimal
