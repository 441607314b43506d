"""A table as the audit looks at it: columns as codes and numbers, a class for every row. No spec is needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.audit.errors import AuditInputError
from ml.spec import NULL_WORDS, DatasetSpec, fold_category, strip_cell

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_MOST_CLASSES = 100
_NAMED_SO = 0.05
_NULLS = frozenset(word.casefold() for word in NULL_WORDS) | {""}


@dataclass(frozen=True)
class Cells:
    """One column. Codes count the distinct values from 0; a missing cell has the code `levels`."""

    name: str
    codes: Integers
    names: tuple[str, ...]
    """The distinct values as text, by code."""
    numbers: Floats | None
    """NaN where missing; None where the column is text."""

    @property
    def levels(self) -> int:
        """How many values there are."""
        return len(self.names)

    @property
    def is_known(self) -> Mask:
        """Where a cell has a value."""
        known: Mask = self.codes < self.levels
        return known


@dataclass(frozen=True)
class Matrix:
    """Features and classes of the rows that have a class, in the order of the file."""

    target: str
    cells: tuple[Cells, ...]
    labels: Integers
    classes: tuple[str, ...]
    seed: int
    rows_in_file: int
    position: Integers
    """Place of each row in the file, from 0."""
    unlabelled: tuple[str, ...] = field(default=())
    """What stands where a class is missing, once a row."""

    @property
    def rows(self) -> int:
        """How many rows have a class."""
        return self.labels.size

    @cached_property
    def counts(self) -> Integers:
        """Rows of each class."""
        return np.bincount(self.labels, minlength=len(self.classes))

    @property
    def present(self) -> Integers:
        """Rows of each class that has any."""
        return self.counts[self.counts > 0]

    @property
    def majority(self) -> float:
        """Share of the commonest class."""
        return float(self.counts.max() / self.rows)

    def without(self, names: Sequence[str]) -> tuple[Cells, ...]:
        """Return the columns that are not among `names`."""
        return tuple(cells for cells in self.cells if cells.name not in names)


def read_matrix(frame: pd.DataFrame, target: str, seed: int) -> Matrix:
    """Read a table of any cells; spelling of text is compared as the cleaning does, without case and outer spaces.

    Raises
    ------
    AuditInputError
        Where there is no such target, nothing beside it, one class only, or so many that it is no class.
    """
    names = [str(name) for name in frame.columns]
    if target not in names:
        raise AuditInputError(f"there is no column {target!r}; the columns are {_list(names)}")
    if len(names) == 1:
        raise AuditInputError(f"there is no column beside {target!r}: nothing could predict it")
    label = _code_classes(["" if pd.isna(cell) else str(cell) for cell in frame[target].astype(object)], target)
    has_label = label.is_known
    classes = label.names
    if len(classes) < 2:  # noqa: PLR2004 - one class leaves nothing to tell apart
        shown = f"every row is {classes[0]!r}" if classes else "no row has one"
        raise AuditInputError(f"at least two classes of {target!r} are needed, but {shown}")
    if len(classes) > min(_MOST_CLASSES, has_label.sum() / 2):
        raise AuditInputError(f"{target!r} has {len(classes):,} values in {has_label.sum():,} rows: it is no class")
    kept = frame.loc[has_label]
    return Matrix(
        target=target,
        cells=tuple(_read_column(kept.iloc[:, at], name) for at, name in enumerate(names) if name != target),
        labels=label.codes[has_label],
        classes=classes,
        seed=seed,
        rows_in_file=len(frame),
        position=np.flatnonzero(has_label),
        unlabelled=tuple(_show(cell) for cell in frame[target].astype(object)[~has_label]),
    )


def read_clean(table: pd.DataFrame, spec: DatasetSpec, labels: Integers, seed: int) -> Matrix:
    """Read a clean table: its cells are what they are, and classes stand in the spec's order."""
    return Matrix(
        target=spec.target.name,
        cells=tuple(_read_column(table[name], name) for name in spec.feature_names),
        labels=labels,
        classes=spec.target.categories,
        seed=seed,
        rows_in_file=len(table),
        position=np.arange(len(table)),
    )


def code_labels(cells: Sequence[str], matrix: Matrix) -> Integers:
    """Return the class of each cell, −1 where it is none."""
    place = {_fold(name): code for code, name in enumerate(matrix.classes)}
    return np.array([place.get(_fold(cell), -1) for cell in cells], dtype=np.int64)


def _code_classes(texts: Sequence[str], name: str) -> Cells:
    """Code the classes; a word for "no value" that many rows have is a class that is called so."""
    spelled = Counter(_fold(text) for text in texts if strip_cell(text) and _is_null(text))
    named = {word for word, count in spelled.items() if count >= _NAMED_SO * len(texts)}
    return _code_text(texts, name, named)


def _read_column(values: pd.Series, name: str) -> Cells:
    if pd.api.types.is_bool_dtype(values.dtype):
        values = values.astype(np.int64)
    if pd.api.types.is_numeric_dtype(values.dtype):
        return _code_numbers(values.to_numpy(dtype=np.float64, na_value=np.nan), name)
    texts = ["" if pd.isna(cell) else str(cell) for cell in values]
    words = np.array(["" if _is_null(text) else strip_cell(text) for text in texts], dtype=object)
    numbers = np.asarray(pd.to_numeric(pd.Series(words), errors="coerce"), dtype=np.float64)
    is_number = ~np.isnan(numbers)
    if is_number.any() and bool((is_number | (words == "")).all()):
        return _code_numbers(numbers, name)
    return _code_text(texts, name)


def _code_numbers(values: Floats, name: str) -> Cells:
    finite = np.where(np.isfinite(values), values, np.nan)
    codes, distinct = pd.factorize(finite, sort=True)
    known = np.where(codes < 0, len(distinct), codes).astype(np.int64)
    return Cells(name, known, tuple(f"{value:g}" for value in distinct), finite)


def _code_text(texts: Sequence[str], name: str, named: Collection[str] = ()) -> Cells:
    folds = {text: None if _is_null(text) and _fold(text) not in named else _fold(text) for text in set(texts)}
    folded = np.array([folds[text] for text in texts], dtype=object)
    codes, _ = pd.factorize(folded)
    seen, at = np.unique(codes, return_index=True)
    first = [strip_cell(texts[row]) for code, row in zip(seen.tolist(), at.tolist(), strict=True) if code >= 0]
    order = np.argsort(np.array(first, dtype=object), kind="stable") if first else np.zeros(0, dtype=np.int64)
    rank = np.empty(len(first) + 1, dtype=np.int64)
    rank[order] = np.arange(len(first))
    rank[-1] = len(first)  # factorize says −1 where missing
    return Cells(name, rank[codes], tuple(first[at] for at in order), None)


def _fold(text: str) -> str:
    return fold_category(strip_cell(text))


def _is_null(text: str) -> bool:
    return strip_cell(text).casefold() in _NULLS


def _show(cell: object) -> str:
    return strip_cell(str(cell)) or "''"


def _list(names: Sequence[str], most: int = 12) -> str:
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")
