"""The few forms that files of a file store have: YAML, texts named after keys, lines of a metric."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from webapp.filestore.values import Notice, Point, Problem
from webapp.store.mlflow_tables import LARGEST_FLOAT

META = "meta.yaml"
LONGEST_KEY = 250
LONGEST_TEXT = 8_000
_LARGEST_INTEGER = 2**63 - 1
_Loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


def list_folders(folder: Path) -> list[Path]:
    """List the folders in `folder` that are not hidden, in order; none where it is not there."""
    found = folder.iterdir() if folder.is_dir() else iter(())
    return sorted(path for path in found if path.is_dir() and not path.name.startswith("."))


def read_meta(folder: Path, notice: Notice) -> dict[str, Any] | None:
    """Read a folder's `meta.yaml`."""
    path = folder / META
    try:
        found = yaml.load(path.read_bytes(), Loader=_Loader)  # noqa: S506 - a SafeLoader
    except FileNotFoundError:
        notice(Problem(path, "is missing"))
    except OSError as error:
        notice(Problem(path, f"cannot be read: {error.strerror}"))
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        notice(Problem(path, "is not YAML", mark.line + 1 if mark else None))
    else:
        if isinstance(found, dict):
            return found
        notice(Problem(path, "names no values"))
    return None


def read_texts(folder: Path, notice: Notice) -> dict[str, str]:
    """Read every file below `folder` as the text of the key that its path is."""
    found = {}
    for key, path in _list_keys(folder, notice):
        text = read_text(path, notice)
        if text is not None:
            found[key] = text
    return found


def read_text(path: Path, notice: Notice) -> str | None:
    """Read a text that the database can take; what is longer than MLflow allows is cut."""
    try:
        text = path.read_bytes().decode()
    except OSError as error:
        notice(Problem(path, f"cannot be read: {error.strerror}"))
        return None
    except UnicodeDecodeError:
        notice(Problem(path, "is not UTF-8"))
        return None
    if "\0" in text:
        notice(Problem(path, "has a NUL character, which no database takes"))
        return None
    if len(text) > LONGEST_TEXT:
        notice(Problem(path, f"has {len(text):,} characters: only the first {LONGEST_TEXT:,} were taken"))
    return text[:LONGEST_TEXT]


def read_lines(folder: Path, notice: Notice) -> Iterator[tuple[str, Path, int, list[str]]]:
    """Go through the lines of every metric below `folder`: key, file, number of the line, its words."""
    for key, path in _list_keys(folder, notice):
        try:
            lines = path.read_bytes().decode(errors="replace").split("\n")
        except OSError as error:
            notice(Problem(path, f"cannot be read: {error.strerror}"))
            continue
        yield from ((key, path, number, line.split()) for number, line in enumerate(lines, 1) if line.strip())


def read_points(folder: Path, notice: Notice) -> tuple[Point, ...]:
    """Read every metric's history: lines of timestamp, value and, since MLflow 1, step; each point once."""
    points: dict[Point, None] = {}
    for key, path, number, words in read_lines(folder, notice):
        try:
            points[read_point(key, words)] = None
        except ValueError:
            notice(Problem(path, "is not “timestamp value step”", number))
    return tuple(points)


def read_point(key: str, words: list[str]) -> Point:
    """Read a line of a metric; a dataset's name and digest may follow.

    Raises
    ------
    ValueError
        If it is no such line.
    """
    try:
        timestamp, value, step = int(words[0]), float(words[1]), int((*words, "0")[2])
    except (IndexError, ValueError):
        raise ValueError("no line of a metric") from None
    if max(abs(timestamp), abs(step)) > _LARGEST_INTEGER:
        raise ValueError("no line of a metric: a number is too large")
    if math.isnan(value):
        return Point(key, 0.0, timestamp, step, is_nan=True)
    return Point(key, max(-LARGEST_FLOAT, min(LARGEST_FLOAT, value)), timestamp, step, is_nan=False)


def read_time(value: Any) -> int | None:
    """A time of a `meta.yaml`, None where it is none that the database takes."""
    return value if type(value) is int and abs(value) <= _LARGEST_INTEGER else None


def read_word(value: Any, length: int, default: str = "") -> str:
    """A short text of a `meta.yaml`, cut to what its column takes."""
    return default if value is None else str(value).replace("\0", "")[:length]


def walk_files(folder: Path, notice: Notice) -> Iterator[Path]:
    """Go through the files below `folder`, in order; a symbolic link leads nowhere."""
    links = []
    for path in sorted(_walk(folder)):
        if path.is_symlink():
            links.append(path)
        elif path.is_file():
            yield path
    for path in links:
        notice(Problem(path, "is a symbolic link, and was left out"))


def _walk(folder: Path) -> Iterator[Path]:
    if folder.is_symlink():
        yield folder
    else:
        for place, folders, names in os.walk(folder):
            yield from (Path(place, name) for name in names)
            yield from (path for name in folders if (path := Path(place, name)).is_symlink())


def _list_keys(folder: Path, notice: Notice) -> Iterator[tuple[str, Path]]:
    """List the files below `folder` by key, in order: a slash in a key is a folder."""
    for path in walk_files(folder, notice):
        key = path.relative_to(folder).as_posix()
        if not _is_unicode(key):
            notice(Problem(path, "has a name that is not UTF-8"))
        elif len(key) > LONGEST_KEY:
            notice(Problem(path, f"is a key of more than {LONGEST_KEY} characters"))
        else:
            yield key, path


def _is_unicode(key: str) -> bool:
    try:
        key.encode()
    except UnicodeEncodeError:
        return False
    return True
