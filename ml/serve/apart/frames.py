"""What the two sides say to each other: frames over one socket, each with its length before it.

The first frame is the model's file. Each one after it is rows of cells, and is answered by one: whether it went well,
then what came of it.
"""

from __future__ import annotations

import socket
import struct
import time

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LARGEST = 2**32
"""Bytes of a frame."""
WELL, BADLY = b"+", b"-"
_LENGTH = struct.Struct("<Q")
_SHAPE = struct.Struct("<II")
_CELL = np.dtype("<f8")


class FrameError(EOFError):
    """The other side has hung up, or says what is no frame."""


def send(line: socket.socket, *parts: bytes, until: float | None = None) -> None:
    """Send one frame made of `parts`.

    Raises
    ------
    TimeoutError
        Where it is not taken `until` then, on the monotonic clock.
    OSError
        Where the other side has hung up.
    """
    size = sum(map(len, parts))
    for part in (_LENGTH.pack(size), *parts):
        line.settimeout(_left(until))
        line.sendall(part)


def receive(line: socket.socket, largest: int = LARGEST, until: float | None = None) -> bytearray:
    """Wait for a frame of at most `largest` bytes.

    Raises
    ------
    TimeoutError
        Where it is not whole `until` then, on the monotonic clock.
    FrameError, OSError
        Where the other side has hung up, or the frame is larger.
    """
    (size,) = _LENGTH.unpack(_read(line, _LENGTH.size, until))
    if size > largest:
        raise FrameError(f"a frame of {size} bytes, where at most {largest} are expected")
    return _read(line, size, until)


def pack_cells(cells: Floats) -> tuple[bytes, bytes]:
    """The parts of a frame of rows, shape (rows, columns)."""
    rows, columns = cells.shape
    return _SHAPE.pack(rows, columns), cells.astype(_CELL, copy=False).tobytes()


def unpack_cells(frame: bytearray) -> Floats:
    """The rows of a frame."""
    rows, columns = _SHAPE.unpack_from(frame)
    return np.frombuffer(frame, dtype=_CELL, offset=_SHAPE.size).reshape(rows, columns)


def _read(line: socket.socket, size: int, until: float | None) -> bytearray:
    found = bytearray(size)
    view = memoryview(found)
    while view:
        line.settimeout(_left(until))
        taken = line.recv_into(view)
        if not taken:
            raise FrameError("the other side has hung up")
        view = view[taken:]
    return found


def _left(until: float | None) -> float | None:
    if until is None:
        return None
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
