"""One started process apart, as its parent holds it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping

from ml.serve.apart.frames import WELL, Floats, FrameError, pack_cells, receive, send, unpack_cells
from ml.serve.contract import AwayError, ModelFileError
from ml.settings import ROOT

LARGEST_ANSWER = 2**28
_KEPT = ("HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "PYTHONPATH", "TMPDIR", "TZ")
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def surroundings(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What the process apart is told of its surroundings: none of the settings, so none of the secrets."""
    return {name: environ[name] for name in _KEPT if name in environ} | _ONE_THREAD


class Process:
    """A process that has loaded a model, and a line to it. One thread at a time may ask."""

    def __init__(self, content: bytes, seconds: float) -> None:
        """Start it and wait until it has loaded `content`, which it is handed through the line.

        Raises
        ------
        ModelFileError
            Where it refuses the file.
        OSError, EOFError
            Where it cannot be started, ends, or takes longer than so many seconds.
        """
        until = time.monotonic() + seconds
        self._line, theirs = socket.socketpair()
        with theirs:
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "ml.serve.apart"],
                    stdin=theirs.fileno(), stdout=subprocess.DEVNULL, cwd=ROOT, env=surroundings(),
                )  # fmt: skip
            except OSError:
                self._line.close()
                raise
        try:
            send(self._line, content, until=until)
            _check(receive(self._line, until=until))
        except BaseException:
            self.end()
            raise

    @property
    def pid(self) -> int:
        """Its number."""
        number: int = self._process.pid
        return number

    def ask(self, cells: Floats, classes: int, seconds: float) -> Floats:
        """Return the probability of every class for every row.

        Raises
        ------
        AwayError
            Where it says that it cannot.
        TimeoutError, OSError, EOFError
            Where it takes longer than so many seconds or has died: it must not be asked again.
        """
        until = time.monotonic() + seconds
        send(self._line, *pack_cells(cells), until=until)
        said = receive(self._line, LARGEST_ANSWER, until)
        if said[:1] != WELL:
            raise AwayError(f"scikit-learn could not answer: {said[1:].decode(errors='replace')}")
        shares = unpack_cells(said[1:])
        if shares.shape != (len(cells), classes):
            raise FrameError(f"an answer of shape {shares.shape} to {len(cells)} rows and {classes} classes")
        return shares

    def end(self) -> None:
        """End it at once: it holds nothing that could be lost."""
        self._line.close()
        self._process.kill()
        self._process.wait()


def _check(said: bytearray) -> None:
    if said[:1] != WELL:
        raise ModelFileError(said[1:].decode(errors="replace"))
