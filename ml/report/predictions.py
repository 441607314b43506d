"""Out-of-fold predictions with all their bits, so that a later run can be held against them."""

from __future__ import annotations

import csv
import io
from hashlib import sha256
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from ml.results import OutOfFold

DIGITS = 6
"""What `out_of_fold.csv` keeps after the point."""

_LAYOUT = {"probabilities": "<f8", "fold": "<i8", "truth": "<i8"}
_FIXED = ("repeat", "row", "fold", "truth", "prediction")
_CLASS = "p."


class UnreadablePredictionsError(ValueError):
    """The file does not hold what Proctor writes."""


def predictions_sha256(out_of_fold: OutOfFold) -> str:
    """Return the checksum of every bit: shape and little-endian content of probabilities, folds and truth in turn.

    Two trainings have the same one if and only if not a single predicted probability, fold or label differs.
    """
    digest = sha256()
    for name, layout in _LAYOUT.items():
        values = np.ascontiguousarray(getattr(out_of_fold, name), dtype=layout)
        digest.update(f"{name} {layout} {values.shape}\n".encode())
        digest.update(values.tobytes())
    return digest.hexdigest()


def predictions_npz(out_of_fold: OutOfFold) -> bytes:
    """Return the arrays as NumPy keeps them, compressed."""
    content = io.BytesIO()
    np.savez_compressed(content, **{name: getattr(out_of_fold, name).astype(kind) for name, kind in _LAYOUT.items()})
    return content.getvalue()


def read_npz(content: bytes) -> OutOfFold:
    """Read what `predictions_npz` returned; nothing in it is ever run.

    Raises
    ------
    UnreadablePredictionsError
        Where it is something else.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as found:
            values = {name: found[name].astype(kind) for name, kind in _LAYOUT.items()}
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise UnreadablePredictionsError(str(error)) from error
    return OutOfFold(**values)


def read_csv(content: bytes, classes: tuple[str, ...]) -> tuple[OutOfFold, npt.NDArray[np.int64]]:
    """Read `out_of_fold.csv`: probabilities to six digits, and the answers, shape (repeats, rows), as indices.

    Raises
    ------
    UnreadablePredictionsError
        Where it is something else, or of other classes.
    """
    try:
        header, *lines = csv.reader(io.StringIO(content.decode(), newline=""))
        if header != [*_FIXED, *(f"{_CLASS}{name}" for name in classes)]:
            raise UnreadablePredictionsError(f"its columns are {', '.join(header)}")
        repeats = int(lines[-1][0]) + 1
        numbers = np.array([[float(cell) for cell in line[len(_FIXED) :]] for line in lines])
        folds, truth, answers = (
            np.array([read(line[place]) for line in lines], dtype=np.int64).reshape(repeats, -1)
            for place, read in ((2, int), (3, classes.index), (4, classes.index))
        )
        probabilities = numbers.reshape(repeats, -1, len(classes))
    except (ValueError, IndexError, csv.Error) as error:
        raise UnreadablePredictionsError(str(error)) from error
    return OutOfFold(probabilities, folds, truth[0]), answers
