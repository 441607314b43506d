"""Cells, shares and distances as people read them."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from ml.serve.contract import Cell
from ml.spec import Column, DatasetSpec, Kind
from webapp.formats import decimal, integer, measure


def say_cell(cell: Cell, column: Column, language: str) -> str:
    """A cell by its label, a number with its unit."""
    if cell is None:
        return _("Not known")
    if column.kind is not Kind.NUMERIC:
        return column.label_of(str(cell), language)
    unit = f"\N{NO-BREAK SPACE}{column.unit.in_language(language)}" if column.unit else ""
    return measure(float(cell)) + unit


def say_points(difference: float) -> str:
    """A difference of shares in percentage points, with its sign."""
    points = round(difference * 100, 1)
    return decimal(0.0, 1) if not points else ("+" if points > 0 else "−") + decimal(abs(points), 1)


def say_class(place: int, spec: DatasetSpec, language: str) -> str:
    """A class by its label."""
    return spec.target.label_of(spec.target.categories[place], language)


def say_group(rows: int, distance: float, spec: DatasetSpec, language: str, *, are_words: bool) -> str:
    """How many training rows are how near; where all columns are words a distance counts those that differ."""
    noun = spec.row_noun_plural.in_language(language)
    if not distance:
        return _("%(num)s %(rows)s had exactly these values:", num=integer(rows), rows=noun)
    if not are_words:
        return _("%(num)s %(rows)s are nearest to this one:", num=integer(rows), rows=noun)
    return ngettext(
        "%(count)s %(rows)s differ from this one in one answer at most:",
        "%(count)s %(rows)s differ from this one in %(num)s answers at most:",
        round(distance),
        count=integer(rows),
        rows=noun,
    )


def say_interval(low: float, high: float) -> str:
    """An interval of shares, in per cent."""
    return f"[{decimal(low * 100, 0)}–{decimal(high * 100, 0)}]"
