"""The two sides understand each other, and neither waits for ever."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from ml.serve.apart.frames import FrameError, pack_cells, receive, send, unpack_cells

Line = tuple[socket.socket, socket.socket]


@pytest.fixture
def line() -> Iterator[Line]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@pytest.mark.parametrize("shape", [(0, 3), (1, 1), (8192, 12), (5, 0)])
def test_cells_arrive_as_they_were_sent(line: Line, shape: tuple[int, int]) -> None:
    cells = np.random.default_rng(1).normal(size=shape)
    cells[cells > 1] = np.nan
    sender = threading.Thread(target=lambda: send(line[0], *pack_cells(cells)))
    sender.start()
    found = unpack_cells(receive(line[1]))
    sender.join()
    assert found.shape == shape
    assert np.array_equal(found, cells, equal_nan=True)


def test_a_table_that_lies_otherwise_in_memory_arrives_by_rows(line: Line) -> None:
    cells = np.arange(12.0).reshape(3, 4).T
    send(line[0], *pack_cells(cells))
    assert np.array_equal(unpack_cells(receive(line[1])), cells)


def test_frames_follow_each_other(line: Line) -> None:
    send(line[0], b"one")
    send(line[0], b"", b"two")
    assert (receive(line[1]), receive(line[1])) == (b"one", b"two")


@pytest.mark.parametrize("said", [b"", b"\x09", b"\x09" + bytes(7) + b"half"])
def test_a_line_that_is_cut_is_no_frame(line: Line, said: bytes) -> None:
    line[0].sendall(said)
    line[0].shutdown(socket.SHUT_WR)
    with pytest.raises(FrameError, match="hung up"):
        receive(line[1])


def test_a_frame_that_is_too_long_is_not_read(line: Line) -> None:
    send(line[0], bytes(11))
    with pytest.raises(FrameError, match="11 bytes, where at most 10"):
        receive(line[1], largest=10)


def test_nobody_waits_longer_than_asked_for_what_does_not_come(line: Line) -> None:
    line[0].sendall(b"\x09")
    with pytest.raises(TimeoutError):
        receive(line[1], until=time.monotonic() + 0.05)


def test_nobody_waits_longer_than_asked_for_what_is_not_taken(line: Line) -> None:
    with pytest.raises(TimeoutError):
        send(line[0], bytes(10_000_000), until=time.monotonic() + 0.05)
