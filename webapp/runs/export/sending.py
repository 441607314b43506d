"""An export as a stream of bytes: read on one snapshot of the store, and no more of it in memory than a batch."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import IO

from ml.settings import PREFIX, ROOT, Settings, write_settings
from webapp.runs.export.opening import open_sheet, write_asked
from webapp.runs.export.sheet import Asked
from webapp.runs.export.writing import STREAMS
from webapp.store.session import Store

FORMS = {"csv": "text/csv; charset=utf-8", "json": "application/json", "parquet": "application/vnd.apache.parquet"}
MOST_AT_ONCE = 2
"""Exports that a web process sends at one time: each keeps one of its threads until the last byte is taken."""
CHUNK = 256 * 1024


class BusyError(RuntimeError):
    """So many exports are being sent that no other is begun."""


class BrokenExportError(RuntimeError):
    """The process that writes Parquet failed; its own words are in the log."""


class Sender:
    """Sends exports, a few at a time."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self._places = BoundedSemaphore(MOST_AT_ONCE)

    def stream(self, asked: Asked, form: str) -> Generator[bytes]:
        """Yield the file. It ends early, and frees what it holds, when it is closed.

        Raises
        ------
        BusyError
            Before the first bytes.
        BrokenExportError
            After which what was sent so far is no whole file.
        """
        if not self._places.acquire(blocking=False):
            raise BusyError
        try:
            yield from self._stream_parquet(asked) if form == "parquet" else self._stream_text(asked, form)
        finally:
            self._places.release()

    def _stream_text(self, asked: Asked, form: str) -> Iterator[bytes]:
        with self._store.snapshot() as conn:
            yield from STREAMS[form](open_sheet(conn, asked))

    def _stream_parquet(self, asked: Asked) -> Iterator[bytes]:
        with run_writer(self._settings, write_asked(asked)) as output:
            while chunk := os.read(output.fileno(), CHUNK):
                yield chunk


@contextmanager
def run_writer(settings: Settings, asked: str) -> Iterator[IO[bytes]]:
    """Start the process that writes Parquet and give what it writes; it is killed where that is not read to the end.

    Raises
    ------
    BrokenExportError
        If it did not come to its own end.
    """
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    process = subprocess.Popen(
        [sys.executable, "-m", "webapp.runs.export.parquet"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=others | write_settings(settings),
    )
    with process:
        if process.stdin is None or process.stdout is None:
            raise BrokenExportError
        try:
            with process.stdin as ask:
                ask.write(asked.encode())
            yield process.stdout
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise BrokenExportError(f"the process that writes Parquet ended with {process.returncode}")
