"""Answer rows by a model whose file carries the names, kinds and categories of its columns and its classes.

What turns coded rows into probabilities is an `Engine`: the ONNX Runtime here, or scikit-learn in a process apart
(`ml.serve.apart`).

Only NumPy and ONNX Runtime are imported: this is what the web process runs.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import onnxruntime

from ml.serve.contract import Cell, Contract, ModelFileError, PredictorColumn, Row, RowError, read_contract

CONTRACT_KEY = "proctor"
CODES = "codes"
NUMBERS = "numbers"
PROBABILITIES = "probabilities"
CHUNK = 8192
"""Rows a call into the runtime, so that a large batch needs no large intermediate tables."""


class Engine(Protocol):
    """From coded rows to probabilities, for several threads at once."""

    def run(self, feed: Mapping[str, npt.NDArray[Any]]) -> npt.NDArray[np.float64]:
        """Answer at most `CHUNK` rows: `CODES` are the categories' places, `NUMBERS` the numbers, if there are any.

        Raises
        ------
        ml.serve.contract.AwayError
            Where whoever answers does not answer now.
        """

    def close(self) -> None:
        """Let go of what is held outside of this process."""


class GraphEngine:
    """The ONNX Runtime, in this process."""

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session

    def run(self, feed: Mapping[str, npt.NDArray[Any]]) -> npt.NDArray[np.float64]:
        """Answer coded rows."""
        probabilities: npt.NDArray[np.float64] = self._session.run([PROBABILITIES], feed)[0]
        return probabilities

    def close(self) -> None:
        """Nothing is held outside."""


class Predictor:
    """A loaded model. Safe to share between threads: nothing of it changes after it is made."""

    def __init__(self, engine: Engine, contract: Contract) -> None:
        self.columns = contract.columns
        self.classes = contract.classes
        self.decision = contract.decision
        self.sets = contract.sets
        self.rows_sha256 = contract.rows_sha256
        self.engine = engine
        self._names = frozenset(column.name for column in self.columns)
        self._coded = tuple(column for column in self.columns if not column.is_numeric)
        self._numeric = tuple(column for column in self.columns if column.is_numeric)

    def predict(self, rows: Sequence[Row]) -> npt.NDArray[np.float64]:
        """Return the probability of every class for every row.

        Parameters
        ----------
        rows
            Each names every column once; None is a missing cell, which any column may have.

        Returns
        -------
        Shape (rows, classes), in the order of `classes`.

        Raises
        ------
        RowError
            For the first row and column that the model cannot take.
        """
        for number, row in enumerate(rows, 1):
            self._check_names(number, row)
        parts = [
            self.engine.run(self._feed(rows[start : start + CHUNK], start)) for start in range(0, len(rows), CHUNK)
        ]
        return np.concatenate(parts) if parts else np.empty((0, len(self.classes)))

    def encode(self, row: Row) -> npt.NDArray[np.float64]:
        """Return the row's cells in the order of `columns`: a category's place, a number, NaN for a missing number.

        Raises
        ------
        RowError
            For the first column that the model cannot take.
        """
        self._check_names(1, row)
        cells = [(_numbers if column.is_numeric else _codes)(column, [row], 0)[0] for column in self.columns]
        return np.array(cells, dtype=np.float64)

    def predict_cells(self, cells: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return what `predict` does, for rows as `encode` makes them: many of them cost no Python a cell."""
        is_numeric = np.array([column.is_numeric for column in self.columns], dtype=bool)
        codes, numbers = cells[:, ~is_numeric].astype(np.int64), np.ascontiguousarray(cells[:, is_numeric])
        feeds: dict[str, npt.NDArray[Any]] = {CODES: codes, NUMBERS: numbers}
        feeds = {name: table for name, table in feeds.items() if table.shape[1]}
        starts = range(0, len(cells), CHUNK)
        parts = [self.engine.run({name: table[i : i + CHUNK] for name, table in feeds.items()}) for i in starts]
        return np.concatenate(parts) if parts else np.empty((0, len(self.classes)))

    def decide(self, probabilities: npt.NDArray[np.float64]) -> tuple[str, ...]:
        """Return the class that the model answers for each row of what `predict` returned, by its own rule."""
        return tuple(self.classes[place] for place in self.decision.decide(probabilities))

    def _check_names(self, number: int, row: Row) -> None:
        if row.keys() != self._names:
            for name in row.keys() - self._names:
                raise RowError(number, name, "unknown_column")
            raise RowError(number, min(self._names - row.keys()), "absent_column")

    def _feed(self, rows: Sequence[Row], start: int) -> dict[str, npt.NDArray[Any]]:
        feed: dict[str, npt.NDArray[Any]] = {}
        if self._coded:
            feed[CODES] = np.array([_codes(column, rows, start) for column in self._coded], dtype=np.int64).T
        if self._numeric:
            feed[NUMBERS] = np.array([_numbers(column, rows, start) for column in self._numeric], dtype=np.float64).T
        return feed


def _codes(column: PredictorColumn, rows: Sequence[Row], start: int) -> list[int]:
    codes = column.codes
    try:
        return [codes[row[column.name]] for row in rows]  # type: ignore[index]  # what is no str is not found
    except (KeyError, TypeError):
        for number, row in enumerate(rows, start + 1):
            value = row[column.name]
            if value is not None and not isinstance(value, str):
                raise RowError(number, column.name, "not_text", value) from None
            if value not in codes:
                raise RowError(number, column.name, "unknown_category", value) from None
        raise


def _numbers(column: PredictorColumn, rows: Sequence[Row], start: int) -> list[float]:
    return [_number(column, row[column.name], number) for number, row in enumerate(rows, start + 1)]


def _number(column: PredictorColumn, value: Cell, row: int) -> float:
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RowError(row, column.name, "not_a_number", value)
    low = -math.inf if column.low is None else column.low
    high = math.inf if column.high is None else column.high
    if not -math.inf < value < math.inf:
        raise RowError(row, column.name, "not_a_number", value)
    if not low <= value <= high:
        raise RowError(row, column.name, "out_of_range", value)
    try:
        return float(value)
    except OverflowError:
        raise RowError(row, column.name, "not_a_number") from None


def load_predictor(content: bytes) -> Predictor:
    """Load a model from bytes that `ml.serve.verifying.read_verified` returned.

    Raises
    ------
    ModelFileError
        Where the bytes are no ONNX model or carry no contract of ours.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        document = json.loads(session.get_modelmeta().custom_metadata_map[CONTRACT_KEY])
    except Exception as error:  # the runtime raises a dozen unrelated classes for a file that it cannot take
        raise ModelFileError(f"not a model file of Proctor's: {type(error).__name__}") from error
    return Predictor(GraphEngine(session), read_contract(document))
