"""The synthetic stand-in: rows drawn from published frequencies, for when the real ones cannot be had."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pandas as pd

from ml.spec import Column, DatasetSpec, StandInSpec


def draw_stand_in(spec: DatasetSpec, stand_in: StandInSpec) -> pd.DataFrame:
    """Return a raw table of text with the columns of `spec`: the same for the same spec, on every machine.

    Classes stand in their published shares to the row. A column is drawn given the class where that is published, else
    on its own, so that pairs of columns mean nothing. NumPy promises no equal draws across versions; `random` does.
    """
    rng = random.Random(stand_in.seed)  # noqa: S311 - reproducible on purpose, and no secret
    classes = _allot(stand_in.classes, stand_in.rows)
    rng.shuffle(classes)
    cells = {spec.target.name: classes}
    for column in spec.features:
        cells[column.name] = [_draw_cell(column, class_, stand_in, rng) for class_ in classes]
    return pd.DataFrame(cells, dtype=object)


def _allot(counts: Mapping[str, int], rows: int) -> list[str]:
    """Return `rows` labels in the shares of `counts`; the largest remainders get the rows that rounding leaves."""
    total = sum(counts.values())
    whole = {label: count * rows // total for label, count in counts.items()}
    by_remainder = sorted(counts, key=lambda label: -(counts[label] * rows % total))
    for label in by_remainder[: rows - sum(whole.values())]:
        whole[label] += 1
    return [label for label, count in whole.items() for _ in range(count)]


def _draw_cell(column: Column, class_: str, stand_in: StandInSpec, rng: random.Random) -> str:
    if column.name in stand_in.quantiles:
        return _draw_number(stand_in.quantiles[column.name], rng)
    by_class = stand_in.counts_by_class.get(column.name)
    counts = by_class[class_] if by_class else stand_in.counts[column.name]
    return rng.choices(list(counts), weights=list(counts.values()))[0]


def _draw_number(quantiles: tuple[float, ...], rng: random.Random) -> str:
    position = rng.random() * (len(quantiles) - 1)
    below = int(position)
    low, high = quantiles[below], quantiles[below + 1]
    return f"{low + (position - below) * (high - low):.6g}"
