"""Writing files so that a reader sees the old ones or the new ones, never half of one, and no formula in them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

READ_ONLY = 0o444
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What spreadsheets take for the beginning of a formula."""


def write_files(files: Mapping[Path, bytes], mode: int = 0o644) -> None:
    """Write every file beside its place and sync it, then move all of them there.

    Where anything fails before the first move, nothing has changed and nothing is left over.
    """
    written: dict[Path, Path] = {}
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            written[path] = _write_beside(path, content, mode)
        for path, temporary in written.items():
            temporary.replace(path)
    finally:
        for temporary in written.values():
            temporary.unlink(missing_ok=True)
    for directory in {path.parent for path in files}:
        _sync(directory)


def sync_folder(folder: Path) -> None:
    """Sync what others wrote to a folder: every file in it, and every folder that names one."""
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir() or path.is_file():
            _sync(path)


def _write_beside(path: Path, content: bytes, mode: int) -> Path:
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def begins_formula(text: str) -> bool:
    """Whether a spreadsheet would take a text for a formula; a number written as text is none."""
    if not text.startswith(_FORMULA):
        return False
    try:
        float(text)
    except ValueError:
        return True
    return False
