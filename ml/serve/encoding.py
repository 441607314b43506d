"""Learn what a fitted preprocessor does to each column by asking it, so that a graph can do exactly the same.

Whatever it does inside (imputing, grouping rare categories, one-hot, ordered codes), a categorical column becomes a
table with one row a category and one for a missing cell. A numeric column may be shifted and scaled, or cut into bins.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from ml.spec import Column, DatasetSpec, Kind
from ml.train.bins import QuantileBins

Floats = npt.NDArray[np.float64]
_MIXED = "an encoded feature depends on more than one column"


class ExportError(Exception):
    """This model cannot be written as a graph; the message says which part of it."""


@dataclass(frozen=True)
class CodedColumn:
    """`table[code]` are the values of the encoded features `outputs`; the last row is for a missing cell."""

    name: str
    outputs: npt.NDArray[np.int64]
    table: Floats


@dataclass(frozen=True)
class NumericColumn:
    """Encoded feature `outputs[i]` is `(x - center[i]) / scale[i] + shift[i]`, and `missing[i]` for a missing cell."""

    name: str
    outputs: npt.NDArray[np.int64]
    center: Floats
    scale: Floats
    shift: Floats
    missing: Floats


@dataclass(frozen=True)
class BinnedColumn:
    """Encoded feature `outputs[0]` is `table[cell]`, the cell being the number of `edges` below x.

    The last row of `table` is for a missing cell. `place` is the column's among the numeric ones.
    """

    name: str
    place: int
    outputs: npt.NDArray[np.int64]
    edges: Floats
    table: Floats


@dataclass(frozen=True)
class Encoding:
    """What the preprocessor makes of each column; together they make `width` encoded features."""

    coded: tuple[CodedColumn, ...]
    numeric: tuple[NumericColumn, ...]
    """Every numeric column, in order; one that is cut into bins has no output here."""
    binned: tuple[BinnedColumn, ...]
    width: int

    @property
    def order(self) -> npt.NDArray[np.int64]:
        """The encoded features in the order in which the columns above make them."""
        columns: tuple[CodedColumn | NumericColumn | BinnedColumn, ...] = (*self.coded, *self.numeric, *self.binned)
        parts = [column.outputs for column in columns]
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)


def learn_encoding(preprocessor: Any, spec: DatasetSpec) -> Encoding:
    """Ask a fitted preprocessor for the image of every category, of missing cells and of some numbers.

    Raises
    ------
    ExportError
        Where an encoded feature depends on two columns, or on a number in another way than shift and scale.
    """
    probes = {column.name: _probes(column) for column in spec.features}
    base = {name: values[0] for name, values in probes.items()}
    others = {name: values[-2] for name, values in probes.items()}
    asked = [base, *(base | {name: value} for name, values in probes.items() for value in values), others]
    encoded = _encode(preprocessor, asked, spec)
    parts = np.split(encoded[1:-1], np.cumsum([len(values) for values in probes.values()])[:-1])
    images = dict(zip(probes, parts, strict=True))
    outputs = _share_out(images, encoded[0])
    if any(_differs(encoded[-1, outputs[name]], image[-2, outputs[name]]) for name, image in images.items()):
        raise ExportError(_MIXED)
    numeric = [column.name for column in spec.features if column.kind is Kind.NUMERIC]
    binned = tuple(_binned_columns(preprocessor, numeric, outputs))
    for column in binned:
        outputs[column.name] = column.outputs[:0]
    scalers = list(_find_scalers(preprocessor))
    return Encoding(
        coded=tuple(
            CodedColumn(column.name, outputs[column.name], images[column.name][:, outputs[column.name]])
            for column in spec.features
            if column.kind is not Kind.NUMERIC
        ),
        numeric=tuple(_numeric_column(name, probes[name], outputs[name], images[name], scalers) for name in numeric),
        binned=binned,
        width=encoded.shape[1],
    )


def _probes(column: Column) -> list[Any]:
    if column.kind is not Kind.NUMERIC:
        return [*column.categories, None]
    low = -3.0 if column.low is None else column.low
    high = low + 10.0 if column.high is None else column.high
    return [*np.linspace(low, high, 7).tolist(), float("nan")]


def rows_frame(rows: list[dict[str, Any]], spec: DatasetSpec) -> pd.DataFrame:
    """Return `rows` as the feature columns of a clean table."""
    return pd.DataFrame(
        {
            column.name: pd.Series(
                [row[column.name] for row in rows], dtype="float64" if column.kind is Kind.NUMERIC else object
            )
            for column in spec.features
        }
    )


def _encode(preprocessor: Any, rows: list[dict[str, Any]], spec: DatasetSpec) -> Floats:
    try:
        encoded = preprocessor.transform(rows_frame(rows, spec))
    except (ValueError, TypeError) as error:
        raise ExportError(f"the preprocessor does not take every valid cell: {error}") from error
    dense = encoded.toarray() if hasattr(encoded, "toarray") else encoded
    return np.asarray(dense, dtype=np.float64)


def _share_out(images: dict[str, Floats], base: Floats) -> dict[str, npt.NDArray[np.int64]]:
    """Give each encoded feature to the column that moves it; those that nothing moves go to the first column."""
    moved = np.array([[_differs(image[:, i], base[i]) for i in range(len(base))] for image in images.values()])
    if (moved.sum(axis=0) > 1).any():
        raise ExportError(_MIXED)
    owner = moved.argmax(axis=0) if moved.size else np.empty(0, dtype=np.int64)
    return {name: np.flatnonzero(owner == number) for number, name in enumerate(images)}


def _differs(values: Floats, base: Floats | float) -> bool:
    return not np.array_equal(values, np.broadcast_to(base, values.shape), equal_nan=True)


def _numeric_column(
    name: str, probes: list[float], outputs: npt.NDArray[np.int64], images: Floats, scalers: list[tuple[float, float]]
) -> NumericColumn:
    points = np.array(probes[:-1])
    found = [_find_affine(name, points, images[:-1, output], scalers) for output in outputs]
    center, scale, shift = np.array(found, dtype=np.float64).reshape(-1, 3).T
    return NumericColumn(name, outputs, center, scale, shift, images[-1, outputs])


def _find_affine(
    name: str, points: Floats, values: Floats, scalers: list[tuple[float, float]]
) -> tuple[float, float, float]:
    """Find the numbers that give `values` to the last bit: a forest's threshold may lie exactly on a value."""
    if np.ptp(values) == 0:
        return 0.0, np.inf, float(values[0])
    for center, scale in [(0.0, 1.0), *scalers]:
        if np.array_equal((points - center) / scale, values):
            return center, scale, 0.0
    raise ExportError(f"column {name!r} is neither passed on nor shifted and scaled by a StandardScaler")


def _binned_columns(
    preprocessor: Any, numeric: list[str], outputs: dict[str, npt.NDArray[np.int64]]
) -> Iterator[BinnedColumn]:
    """Describe the columns that a step of bins cuts: probes may all fall into one bin, so its edges are asked for."""
    for step in _steps_in(preprocessor):
        if isinstance(step, QuantileBins):
            for name, edges in zip(step.get_feature_names_out().tolist(), step.edges_, strict=True):
                if len(outputs[name]) != 1:
                    raise ExportError(f"column {name!r} is cut into bins and passed on beside that")
                table = np.array([*np.arange(1, len(edges) + 2), 0], dtype=np.float64)[:, None]
                yield BinnedColumn(name, numeric.index(name), outputs[name], edges, table)


def _find_scalers(preprocessor: Any) -> Iterator[tuple[float, float]]:
    """Yield the center and scale of every column of every standard scaler inside `preprocessor`."""
    for step in _steps_in(preprocessor):
        if isinstance(step, StandardScaler):
            size = step.n_features_in_
            means = np.zeros(size) if step.mean_ is None else step.mean_
            scales = np.ones(size) if step.scale_ is None else step.scale_
            yield from zip(map(float, means), map(float, scales), strict=True)


def _steps_in(step: Any) -> Iterator[Any]:
    """Yield every fitted step inside `step` that has no steps of its own."""
    if isinstance(step, Pipeline):
        for _, inner in step.steps:
            yield from _steps_in(inner)
    elif isinstance(step, ColumnTransformer):
        for _, inner, _ in step.transformers_:
            yield from _steps_in(inner)
    else:
        yield step
