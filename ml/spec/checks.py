"""What a spec must fulfil beyond the types of its fields; each problem names its place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from ml.spec.spelling import fold_category, fold_header, strip_cell
from ml.spec.values import Column, DatasetSpec, Kind, StandInSpec

_A_CHOICE = 2


def find_problems(spec: DatasetSpec) -> Iterator[str]:
    """Yield every mistake in `spec`, as text that begins with its place."""
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
    if not is_numeric and len(column.categories) < _A_CHOICE:
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
        if features[name].kind is not Kind.NUMERIC or len(points) < _A_CHOICE or list(points) != sorted(points):
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
    return re.fullmatch("[0-9a-f]{64}", text) is not None
