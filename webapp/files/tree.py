"""Files as a tree, folders first; of many only so many, and how many more there are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from webapp.artifacts import walk_files

MOST_SHOWN = 1000
MOST_COUNTED = 50_000
"""Files: a folder may hold more than anybody wants to wait for."""
_RUNS_OF_DIGITS = re.compile(r"([^0-9]*)([0-9]{0,18})")
DEEPEST = 20
"""Folders within each other; what lies deeper is named with its path."""


@dataclass(frozen=True)
class Leaf:
    """A file. `path` starts at the run's folder; None where no address can hold the name."""

    name: str
    path: str | None
    size: int


@dataclass(frozen=True)
class Branch:
    """A folder. `files` and `size` are of all below it, `hidden` of its own files and folders that are not shown."""

    name: str
    path: str | None
    files: int
    size: int
    branches: tuple[Branch, ...]
    leaves: tuple[Leaf, ...]
    hidden: int


@dataclass(frozen=True)
class Tree:
    """All below one folder; `is_whole` says that everything was counted."""

    root: Branch
    shown: int
    is_whole: bool


def read_tree(folder: Path, prefix: str = "", most: int = MOST_SHOWN) -> Tree:
    """Read what lies below a folder; `prefix` is its path from the run's folder, ending in a slash if there is one.

    Where not all can be shown, each folder shows its first files, so that a large one hides no other.
    """
    base = len(str(folder)) + 1
    found = [(str(path)[base:], size) for path, size in islice(walk_files(folder), MOST_COUNTED + 1)]
    is_whole = len(found) <= MOST_COUNTED
    files = sorted(found[:MOST_COUNTED], key=lambda file: sort_naturally(file[0]))
    shown = _choose([name for name, _size in files], most)
    parts = [(tuple(name.split("/", DEEPEST)), size, name in shown) for name, size in files]
    return Tree(_grow("", prefix.rstrip("/"), parts), len(shown), is_whole)


def sort_naturally(text: str) -> tuple[tuple[str, int], ...]:
    """A key by which `step 2` comes before `step 10`."""
    return tuple((words, int(digits or 0)) for words, digits in _RUNS_OF_DIGITS.findall(text))


def _choose(names: list[str], most: int) -> set[str]:
    """So many of the names, in rounds: the first of each folder, then the second."""
    rank: Counter[str] = Counter()
    rounds = []
    for name in names:
        folder = name.rpartition("/")[0]
        rounds.append((rank[folder], name.count("/"), name))
        rank[folder] += 1
    return {name for _rank, _depth, name in sorted(rounds)[:most]}


def _grow(name: str, path: str, files: Iterable[tuple[tuple[str, ...], int, bool]]) -> Branch:
    leaves: list[Leaf] = []
    below: dict[str, list[tuple[tuple[str, ...], int, bool]]] = {}
    count = size = hidden = 0
    for parts, bytes_, is_shown in files:
        count, size = count + 1, size + bytes_
        if len(parts) > 1:
            below.setdefault(parts[0], []).append((parts[1:], bytes_, is_shown))
        elif is_shown:
            leaves.append(Leaf(say_name(parts[0]), as_path(join(path, parts[0])), bytes_))
        else:
            hidden += 1
    branches = [_grow(folder, join(path, folder), within) for folder, within in below.items()]
    seen = tuple(branch for branch in branches if branch.leaves or branch.branches)
    hidden += sum(branch.files for branch in branches) - sum(branch.files for branch in seen)
    return Branch(say_name(name), as_path(path), count, size, seen, tuple(leaves), hidden)


def join(folder: str, name: str) -> str:
    """A path from a folder's, which is empty for the run's own."""
    return f"{folder}/{name}" if folder else name


def as_path(path: str) -> str | None:
    """The path if an address can hold it: a file's name need not be text, and no route takes a line's end."""
    if "\n" in path:
        return None
    try:
        path.encode()
    except UnicodeEncodeError:
        return None
    return path


def say_name(name: str) -> str:
    """A file's name as it can be shown: what is no text, or would be invisible, as the sign for that."""
    text = name.encode(errors="surrogateescape").decode(errors="replace")
    return "".join("\N{REPLACEMENT CHARACTER}" if ord(letter) < ord(" ") else letter for letter in text)
