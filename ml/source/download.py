"""Get one file out of a zip archive on the web, within a time and a size."""

from __future__ import annotations

import io
import threading
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPException, HTTPResponse
from queue import Empty, SimpleQueue
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from ml.source.errors import SourceError

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 60.0
MAX_BYTES = 50_000_000
_CHUNK = 65_536


class Unreachable(SourceError):  # noqa: N818 - it says all there is to say
    """Nobody answered in time, or with something else than the file: it says nothing about the data."""


def download_member(url: str, member: str, report: Callable[[int, int], None]) -> bytes:
    """Return the bytes of `member` in the zip archive at `url`; `report` hears bytes got and bytes expected.

    Raises
    ------
    Unreachable
        Where the archive cannot be had.
    SourceError
        Where what came is not an archive with that file in it.
    """
    if urlsplit(url).scheme not in {"http", "https"}:
        raise SourceError(f"{url}: a source's address starts with http:// or https://")
    try:
        with closing(_open(url)) as response:
            archive = _read(response, report)
    except HTTPError as error:
        error.close()
        raise Unreachable(f"{url} answers {error.code} {error.reason}") from None
    except (URLError, HTTPException, OSError, ValueError) as error:
        raise Unreachable(f"{url} cannot be reached: {getattr(error, 'reason', None) or error}") from None
    try:
        return _extract(archive, member)
    except SourceError as error:
        raise SourceError(f"{url}: {error}") from None


def _open(url: str) -> HTTPResponse:
    """Open `url` in a thread that may be left behind: no timeout of a socket covers the look-up of its host."""
    answers: SimpleQueue[HTTPResponse | BaseException] = SimpleQueue()
    threading.Thread(target=_open_into, args=(url, answers), daemon=True).start()
    try:
        answer = answers.get(timeout=CONNECT_SECONDS + 0.5)
    except Empty:
        raise TimeoutError(f"no answer within {CONNECT_SECONDS:g} seconds") from None
    if isinstance(answer, BaseException):
        raise answer
    return answer


def _open_into(url: str, answers: SimpleQueue[HTTPResponse | BaseException]) -> None:
    request = Request(url, headers={"User-Agent": "Proctor"})  # noqa: S310 - the scheme has been checked
    try:
        answers.put(urlopen(request, timeout=CONNECT_SECONDS))  # noqa: S310 - the same
    except BaseException as error:  # noqa: BLE001 - handed to the thread that asked
        answers.put(error)


def _read(response: HTTPResponse, report: Callable[[int, int], None]) -> bytes:
    deadline = time.monotonic() + TOTAL_SECONDS
    expected = int(response.headers.get("Content-Length") or 0)
    content = bytearray()
    while chunk := response.read1(_CHUNK):
        content += chunk
        if len(content) > MAX_BYTES:
            raise SourceError(f"{response.url} sends more than {MAX_BYTES:,} bytes")
        if time.monotonic() > deadline:
            raise TimeoutError(f"not finished within {TOTAL_SECONDS:g} seconds")
        report(len(content), expected)
    if len(content) < expected:
        raise TimeoutError(f"the connection ended after {len(content):,} of {expected:,} bytes")
    return bytes(content)


def _extract(archive: bytes, member: str) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            info = _find_member(opened, member)
            with opened.open(info) as file:
                content = file.read(MAX_BYTES + 1)  # whatever size the archive claims
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise SourceError(f"what came is not a sound zip archive ({error})") from None
    if len(content) > MAX_BYTES:
        raise SourceError(f"{member} in the archive has more than {MAX_BYTES:,} bytes")
    return content


def _find_member(archive: zipfile.ZipFile, member: str) -> zipfile.ZipInfo:
    """Return the one entry that is `member`, in whatever folder of the archive."""
    found = [info for info in archive.infolist() if info.filename.rpartition("/")[2] == member]
    if len(found) != 1:
        raise SourceError(f"the archive has {len(found) or 'no'} {'files' if found else 'file'} called {member}")
    return found[0]
