"""The training rows that lie beside a model: what an answer is explained against, and held beside.

Distinct rows as the model reads them, each with how many of every class it stands for; no names, no columns that the
model does not read. Only NumPy is imported: this is what the web process runs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ml.serve.contract import ModelFileError, PredictorColumn

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

VERSION = 1
FILE_NAME = "training_rows.json"
"""In the folder of the model's own file, whose contract has its sha256."""


@dataclass(frozen=True)
class Background:
    """Rows that together stand for the training rows; `weights` sum to 1."""

    cells: Floats
    weights: Floats


@dataclass(frozen=True)
class TrainingRows:
    """Distinct rows in the order of the model's columns, a category by its place; `counts` is (rows, classes)."""

    cells: Floats
    counts: Ints
    background: Background
    total: int
    """How many rows the model was fitted to; more than `counts` adds up to where the file keeps a sample."""

    @property
    def is_sample(self) -> bool:
        """Whether the model was fitted to more rows than are kept."""
        return int(self.counts.sum()) < self.total


def write_rows(rows: TrainingRows, columns: Sequence[str], classes: Sequence[str], picks: Ints) -> bytes:
    """Return the file's bytes: plain JSON, so that everybody can see what is kept.

    `picks` counts how often each row stands in the background.
    """
    cells: list[list[Any]] = [[_written(cell) for cell in row] for row in rows.cells.tolist()]
    document = {
        "version": VERSION,
        "columns": list(columns),
        "classes": list(classes),
        "total": rows.total,
        "rows": cells,
        "counts": rows.counts.tolist(),
        "background": [[int(place), int(picks[place])] for place in np.flatnonzero(picks)],
    }
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def read_rows(content: bytes, columns: Sequence[PredictorColumn], classes: Sequence[str]) -> TrainingRows:
    """Read what `write_rows` wrote.

    Raises
    ------
    ModelFileError
        Where it is another version's, another model's or nonsense.
    """
    try:
        document = json.loads(content)
        version, names = document["version"], document["columns"]
        cells = np.array(document["rows"], dtype=np.float64)  # null becomes NaN
        counts = np.array(document["counts"], dtype=np.int64)
        picks = np.array(document["background"], dtype=np.int64)
        background = Background(cells[picks[:, 0]], picks[:, 1] / picks[:, 1].sum())
        rows = TrainingRows(cells, counts, background, int(document["total"]))
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise ModelFileError(f"not a file of training rows: {type(error).__name__}") from error
    if version != VERSION or names != [column.name for column in columns] or document["classes"] != list(classes):
        raise ModelFileError("the file of training rows belongs to another model or another version of Proctor")
    if cells.shape != (len(counts), len(columns)) or counts.shape[1:] != (len(classes),):
        raise ModelFileError("the file of training rows is incomplete")
    return rows


def _written(cell: float) -> float | int | None:
    if np.isnan(cell):
        return None
    return int(cell) if cell.is_integer() else cell
