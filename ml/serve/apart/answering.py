"""The process apart: it loads the one file that it is handed, and answers rows until nobody holds the line any more."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import skops.io
from skops.io.exceptions import UntrustedTypesFoundException

from ml.serve.apart.file import read_archive
from ml.serve.apart.frames import BADLY, WELL, Floats, FrameError, pack_cells, receive, send, unpack_cells
from ml.serve.contract import Contract, ModelFileError, PredictorColumn
from ml.train.trusted import TRUSTED_TYPES


class Answerer:
    """A fitted pipeline that answers rows of cells in the order of its contract's columns and classes."""

    def __init__(self, pipeline: Any, contract: Contract) -> None:
        self._pipeline, self._columns = pipeline, contract.columns
        self._places = [contract.classes.index(str(label)) for label in pipeline.classes_]
        self._classes = len(contract.classes)

    def answer(self, cells: Floats) -> Floats:
        """Return the probability of every class for every row, shape (rows, classes); unseen classes have none."""
        shares = np.zeros((len(cells), self._classes))
        shares[:, self._places] = self._pipeline.predict_proba(make_frame(cells, self._columns))
        return shares


def load_answerer(content: bytes) -> Answerer:
    """Load a pipeline from bytes whose checksum somebody has held against the one that was registered.

    Raises
    ------
    ModelFileError
        Where the file names a type that is not on our list, which is seen before any of them is made, or is damaged.
    """
    contract = read_archive(content)
    try:
        return Answerer(skops.io.loads(content, trusted=list(TRUSTED_TYPES)), contract)
    except UntrustedTypesFoundException as error:
        raise ModelFileError(f"the model file names types that Proctor does not load: {error}") from error
    except Exception as error:  # what a damaged archive or an absent package raises is anybody's guess
        raise ModelFileError(f"the model file cannot be loaded: {type(error).__name__}: {error}") from error


def make_frame(cells: Floats, columns: Sequence[PredictorColumn]) -> pd.DataFrame:
    """Return rows of cells as the feature columns of a clean table."""
    return pd.DataFrame(
        {
            column.name: cells[:, place]
            if column.is_numeric
            else np.array([*column.categories, None], dtype=object)[cells[:, place].astype(np.int64)]
            for place, column in enumerate(columns)
        }
    )


def serve(line: socket.socket) -> None:
    """Load what the first frame holds, say how that went, and answer the others; return when the line is cut."""
    try:
        answerer = load_answerer(bytes(receive(line)))
        send(line, WELL)
        while True:
            _answer(line, answerer)
    except ModelFileError as error:
        send(line, BADLY, str(error).encode())
    except (FrameError, ConnectionError):
        return  # whoever asked is gone


def _answer(line: socket.socket, answerer: Answerer) -> None:
    cells = unpack_cells(receive(line))
    try:
        shares = answerer.answer(cells)
    except Exception as error:  # noqa: BLE001 - the other side is told, and this one goes on
        send(line, BADLY, f"{type(error).__name__}: {error}".encode())
    else:
        send(line, WELL, *pack_cells(shares))
