"""The JSON Schema of a row, from the columns that the served version reads and what the spec says of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ml.serve.contract import Cell, PredictorColumn
from ml.spec import Column, DatasetSpec, Kind

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def make_row_schema(columns: Sequence[PredictorColumn], spec: DatasetSpec, language: str) -> dict[str, Any]:
    """Every column once, null for a missing value; words in `language`, what a validator does not read as `x-…`."""
    known = {column.name: column for column in spec.features}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [column.name for column in columns],
        "properties": {column.name: _describe(column, known.get(column.name), language) for column in columns},
        "examples": [make_example(columns)],
    }


def make_example(columns: Sequence[PredictorColumn]) -> dict[str, Cell]:
    """A row that the model takes: of each column the first category, or a number in the middle of its range."""
    return {column.name: _middle(column) if column.is_numeric else column.categories[0] for column in columns}


def _middle(column: PredictorColumn) -> float:
    low = column.low if column.low is not None else min(0.0, column.high or 0.0)
    return (low + (column.high if column.high is not None else max(low, 0.0))) / 2


def _describe(column: PredictorColumn, told: Column | None, language: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"title": told.label.in_language(language)} if told else {}
    if told and told.help:
        schema["description"] = told.help.in_language(language)
    if column.is_numeric:
        schema["type"] = ["number", "null"]
        schema |= {} if column.low is None else {"minimum": column.low}
        schema |= {} if column.high is None else {"maximum": column.high}
    else:
        schema |= {"type": ["string", "null"], "enum": [*column.categories, None]}
    return schema | (_annotate(told, language) if told else {})


def _annotate(told: Column, language: str) -> dict[str, Any]:
    """What helps a person: order, labels, unit, other spellings in files, why a column is sensitive."""
    notes: dict[str, Any] = {}
    if told.categories:
        notes["x-ordered"] = told.kind is Kind.ORDINAL
        notes["x-labels"] = {category: told.label_of(category, language) for category in told.categories}
    if told.unit:
        notes["x-unit"] = told.unit.in_language(language)
    if told.aliases:
        notes["x-aliases"] = list(told.aliases)
    if told.category_aliases:
        notes["x-value-aliases"] = dict(told.category_aliases)
    if told.is_sensitive:
        notes["x-sensitive"] = told.why_sensitive.in_language(language) if told.why_sensitive else True
    return notes
