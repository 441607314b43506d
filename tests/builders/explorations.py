"""Tables to explore: small, with known answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from ml.clean import clean_records
from ml.exploration import Exploration
from ml.explore import explore_table
from ml.spec import Column, DatasetSpec, Kind, Text


def text(words: str) -> Text:
    return Text(en=words, es=f"{words} (es)")


def make_spec(target: Sequence[str], features: Mapping[str, Sequence[str] | None]) -> DatasetSpec:
    """A spec with classes `target`; a feature without categories is numeric."""
    columns = tuple(
        Column(
            name=name,
            kind=Kind.NUMERIC if categories is None else Kind.NOMINAL,
            label=text(name.upper()),
            categories=tuple(categories or ()),
            unit=text("cm") if categories is None else None,
        )
        for name, categories in features.items()
    )
    return DatasetSpec(
        name="small",
        title=text("A small table"),
        short_title="Small",
        row_noun=text("row"),
        row_noun_plural=text("rows"),
        notice=text("For tests."),
        target=Column(name="result", kind=Kind.ORDINAL, label=text("Result"), categories=tuple(target)),
        features=columns,
        sha256="0" * 64,
    )


def explore(spec: DatasetSpec, cells: Mapping[str, Sequence[str]], seed: int = 1) -> Exploration:
    """Clean and explore raw cells."""
    raw = pd.DataFrame({name: list(values) for name, values in cells.items()}, dtype=object)
    return explore_table(raw, clean_records(raw, spec), spec, seed)


def mixed_exploration() -> tuple[DatasetSpec, Exploration]:
    """Sixty rows, two classes, a nominal and a numeric column with one value far out, one cell missing, one mended."""
    spec = make_spec(["no", "yes"], {"colour": ["red", "blue"], "height": None})
    rows = 60
    colours = ["red" if row % 3 else "blue" for row in range(rows - 1)] + [""]
    colours[1] = " RED "
    heights = [str(100 + row % 7) for row in range(rows - 1)] + ["900"]
    labels = ["yes" if row % 2 else "no" for row in range(rows)]
    return spec, explore(spec, {"result": labels, "colour": colours, "height": heights})
