"""One raw cell → its value, and why that differs from the text. Pure, and total: any text has an answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ml.spec.spelling import fold_category, strip_cell, strip_space
from ml.spec.values import Column, Kind

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


@dataclass(frozen=True)
class Cell:
    """What a cell says.

    `value` is None where missing. `changes` are the codes of what was undone, joined by `+`: `whitespace`, `quotes`,
    `case`, `separator` (underscores) and `alias`; empty for nothing. `missing` is the reason for a missing value:
    `empty`, `null_word`, `unknown_category`, `not_a_number` or `out_of_range`.
    """

    value: str | float | None
    changes: str = ""
    missing: str = ""


def cell_cleaner(column: Column, null_words: tuple[str, ...]) -> Callable[[str], Cell]:
    """Return the function that cleans a cell of `column`."""
    nulls = frozenset(word.casefold() for word in null_words)
    if column.kind is Kind.NUMERIC:
        return lambda text: _clean_number(text, column, nulls)
    categories = {fold_category(alias): category for alias, category in column.category_aliases.items()}
    categories |= {fold_category(category): category for category in column.categories}
    return lambda text: _clean_category(text, categories, nulls)


def _clean_category(text: str, categories: dict[str, str], nulls: frozenset[str]) -> Cell:
    category = categories.get(fold_category(text))
    if category is None:
        return Cell(None, missing=_why_missing(text, nulls) or "unknown_category")
    return Cell(category, _name_changes(text, category))


def _clean_number(text: str, column: Column, nulls: frozenset[str]) -> Cell:
    stripped = strip_cell(text)
    if why := _why_missing(text, nulls):
        return Cell(None, missing=why)
    if not _NUMBER.fullmatch(stripped):
        return Cell(None, missing="not_a_number")
    value = float(stripped)
    low = float("-inf") if column.low is None else column.low
    high = float("inf") if column.high is None else column.high
    if not low <= value <= high or value in {float("-inf"), float("inf")}:
        return Cell(None, missing="out_of_range")
    return Cell(value, _name_changes(text, stripped))


def _why_missing(text: str, nulls: frozenset[str]) -> str:
    stripped = strip_cell(text)
    if not stripped:
        return "empty"
    return "null_word" if stripped.casefold() in nulls else ""


def _name_changes(text: str, canonical: str) -> str:
    if text == canonical:
        return ""
    unspaced, bare = strip_space(text), strip_cell(text)
    codes = ["whitespace"] * (unspaced != text) + ["quotes"] * (bare != unspaced)
    return "+".join(codes + _name_inner_changes(bare, canonical))


def _name_inner_changes(bare: str, canonical: str) -> list[str]:
    if fold_category(bare) != fold_category(canonical):
        return ["alias"]
    has_case = " ".join(bare.replace("_", " ").split()) != " ".join(canonical.replace("_", " ").split())
    return ["case"] * has_case + ["separator"] * (bare.casefold() != canonical.casefold())
