"""All files of a run in one archive, made while it is sent: neither in memory nor on disk is it ever whole."""

from __future__ import annotations

import io
import os
import re
import time
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from webapp.files.tree import say_name

CHUNK = 256 * 1024
EARLIEST, LATEST = (1980, 1, 1, 0, 0, 0), (2107, 12, 31, 23, 59, 58)
"""What the format can say of a time."""


class _Outlet(io.RawIOBase):
    """Takes what an archive writes, until it is sent; it cannot go back, so the archive writes no more than once."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, content: object) -> int:
        taken = bytes(content)  # type: ignore[call-overload]  # whatever holds bytes
        self._written.append(taken)
        return len(taken)

    def take(self) -> bytes:
        """What was written since."""
        taken = b"".join(self._written)
        self._written.clear()
        return taken


def stream_zip(folder: Path, files: Iterable[tuple[Path, int]], prefix: str) -> Iterator[bytes]:
    """Yield the bytes of an archive of files below `folder`, each with its size; `prefix` is the folder within it.

    What was deleted meanwhile is left out; what has grown is cut at the size that was told. Everything is compressed,
    if only lightly, because readers that go from start to end do not know where a stored file ends.
    """
    outlet, names = _Outlet(), set[str]()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path, size in files:
            try:
                source = os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb")
            except OSError:
                continue
            with source:
                member = zipfile.ZipInfo(_name(f"{prefix}/{path.relative_to(folder)}", names), _time(source))
                member.compress_type, member.external_attr, member.file_size = archive.compression, 0o644 << 16, size
                with archive.open(member, "w") as target:
                    while size > 0 and (chunk := source.read(min(size, CHUNK))):
                        size -= target.write(chunk)  # noqa: PLW2901 - what is left to read
                        yield outlet.take()
    yield outlet.take()


def _name(path: str, taken: set[str]) -> str:
    """A name that no system takes for a way out of the folder, and that no other file in the archive has."""
    name = re.sub(r"[\\\x00-\x1f]", "_", say_name(path))
    while name in taken:
        name += "~"
    taken.add(name)
    return name


def _time(source: io.BufferedReader) -> tuple[int, int, int, int, int, int]:
    changed = time.gmtime(os.fstat(source.fileno()).st_mtime)[:6]
    return min(max(changed, EARLIEST), LATEST)
