"""A value in a table: digits enough to tell runs apart, long texts cut, what was not logged told from an empty text."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import get_locale

from ml.results import LOWER_IS_BETTER
from webapp.compare.runs.sheet import Column, Kind, Value, write_special
from webapp.formats import decimal
from webapp.scores import METRICS

LONGEST = 36
"""Letters of a text in a cell."""
LEAST_DIGITS, MOST_DIGITS = 3, 6
_HUGE, _TINY, _LARGE, _GROUPED, _HUNDREDS = 1e7, 1e-4, 1e4, 1e3, 100


@dataclass(frozen=True)
class Cell:
    """A value as a table shows it. `kind` is empty for a plain one, else what the template has to say of it.

    `whole` is the text where it was cut, `beside` what stands lighter beside a figure.
    """

    text: str
    kind: str = ""
    whole: str = ""
    beside: str = ""


def write_cells(column: Column, halves: Sequence[float | None] = ()) -> tuple[Cell, ...]:
    """Write a column's values; `halves` are half the interval of each, where there is one."""
    if not column.is_metric:
        cells = {value: _write_text(column, value) for value in set(column.values)}
        return tuple(cells[value] for value in column.values)
    write, best = _writer(column), find_best(column)
    halves = halves or (None,) * len(column.values)
    plain = "training" if column.key.startswith("training_") else ""
    return tuple(
        Cell("", "missing")
        if value is None
        else Cell(
            write(float(value)), "best" if best is not None and value == best else plain,
            beside="" if half is None else f"±{write(half)}",
        )
        for value, half in zip(column.values, halves, strict=True)
    )  # fmt: skip


def _write_text(column: Column, value: Value) -> Cell:
    if value is None:
        return Cell("", "missing")
    text = column.text(value)
    if not text.strip():
        return Cell("", "empty")
    return Cell(text) if len(text) <= LONGEST else Cell(text[:LONGEST] + "…", "long", whole=text)


def find_best(column: Column) -> float | None:
    """The best of a metric whose good direction is known, where not all are the same; else None."""
    better = is_lower_better(column)
    numbers = [value for value in column.numbers if value is not None]
    if better is None or not numbers or min(numbers) == max(numbers):
        return None
    return min(numbers) if better else max(numbers)


def is_lower_better(column: Column) -> bool | None:
    """Whether less is better; None where nobody knows, as for a metric that others named."""
    if column.kind is not Kind.METRIC:
        return None
    if column.key in METRICS:
        return column.key in LOWER_IS_BETTER
    return False if column.key.partition(".")[0] in {"precision", "recall", "f1"} and "." in column.key else None


def _writer(column: Column) -> Callable[[float], str]:
    """Write a metric's values to the digits that tell them apart.

    The page has tens of thousands, so those that need no thousands marked are written without Babel.
    """
    numbers = [value for value in column.numbers if value is not None]
    largest = max(map(abs, numbers), default=0.0)
    spread = max(numbers, default=0.0) - min(numbers, default=0.0)
    point = "," if str(get_locale()).startswith("es") else "."
    if largest >= _HUGE or 0 < largest < _TINY:
        return lambda value: write_special(value) or f"{value:.3e}".replace(".", point)
    digits = LEAST_DIGITS if largest < _HUNDREDS else 1 if largest < _LARGE else 0
    if spread:
        digits = max(digits, min(MOST_DIGITS, 1 - math.floor(math.log10(spread))))
    if largest < _GROUPED:
        return lambda value: write_special(value) or f"{value:.{digits}f}".replace(".", point)
    return lambda value: write_special(value) or decimal(value, digits)
