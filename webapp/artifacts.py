"""Where a run's artifacts lie on this machine: in a folder that the settings allow, and nowhere else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ml.places import ArtifactRoots, Candidate, is_remote, list_candidates, read_address


@dataclass(frozen=True)
class Here:
    """They lie in `folder`. `fetched_at` is when they were fetched from elsewhere, None where they lie here anyway."""

    folder: Path
    fetched_at: int | None = None


@dataclass(frozen=True)
class Remote:
    """They lie in an object store or on a server, and nobody has fetched them yet."""

    address: str


@dataclass(frozen=True)
class Looked:
    """A place where they were looked for: nothing is there, or it lies outside of what the settings allow."""

    place: str
    outcome: Literal["absent", "outside"]


@dataclass(frozen=True)
class Missing:
    """They are not where they were looked for; `address` is as the run recorded it, empty where it recorded none."""

    address: str
    looked: tuple[Looked, ...] = ()


ArtifactPlace = Here | Remote | Missing


def locate_artifacts(artifact_uri: str | None, roots: ArtifactRoots) -> ArtifactPlace:
    """Find where the artifacts of a run lie.

    The URI was written by whoever logged the run: a path that leads out of the folders that the settings name is never
    followed, however it is spelt.
    """
    looked: list[Looked] = []
    for candidate in list_candidates(artifact_uri, roots):
        outcome = _enter(candidate, roots)
        if isinstance(outcome, Path):
            return Here(outcome)
        looked.append(Looked(str(candidate.folder), outcome))
    address = read_address(artifact_uri)
    return _find_fetched(address, artifact_uri or "", roots) if is_remote(address) else Missing(address, tuple(looked))


def is_fetchable(place: ArtifactPlace) -> bool:
    """Whether a store or a server can be asked for them, be it again."""
    return isinstance(place, Remote) or (isinstance(place, Here) and place.fetched_at is not None)


def _find_fetched(address: str, artifact_uri: str, roots: ArtifactRoots) -> Here | Remote:
    folder = roots.cached(artifact_uri)
    try:
        return Here(folder.resolve(), folder.stat().st_mtime_ns // 1_000_000) if folder.is_dir() else Remote(address)
    except OSError:
        return Remote(address)


def _enter(candidate: Candidate, roots: ArtifactRoots) -> Path | Literal["absent", "outside"]:
    """Resolve a candidate's folder, if it is one and lies where it may."""
    try:
        folder = candidate.folder.resolve()
        if not any(folder.is_relative_to(root.resolve()) for root in candidate.within):
            return "outside"
        if folder == roots.root.resolve() or roots.private.resolve().is_relative_to(folder):
            return "outside"
        return folder if folder.is_dir() and os.access(folder, os.R_OK | os.X_OK) else "absent"
    except (OSError, RuntimeError, ValueError):  # too long, a ring of links, a NUL
        return "absent"


def find_artifact_folder(artifact_uri: str | None, roots: ArtifactRoots) -> Path | None:
    """Return the folder of an artifact URI, or None where none that may be read is on this machine."""
    place = locate_artifacts(artifact_uri, roots)
    return place.folder if isinstance(place, Here) else None


def find_artifact(folder: Path, name: str) -> Path | None:
    """Return the file `name` within `folder`, or None: no other spelling of a path leads out of it."""
    path = find_entry(folder, name)
    return path if path and path.is_file() else None


def find_entry(folder: Path, name: str) -> Path | None:
    """Return the file or folder `name` within `folder`, or None."""
    try:
        path = (folder / name).resolve()
        return path if path.is_relative_to(folder.resolve()) and path.exists() else None
    except (OSError, RuntimeError, ValueError):  # too long, a ring of links, a NUL
        return None


def list_artifacts(folder: Path) -> tuple[tuple[str, int], ...]:
    """Name every file below `folder`, relative to it, with its size in bytes; links are left out."""
    return tuple(sorted((path.relative_to(folder).as_posix(), size) for path, size in walk_files(folder)))


def walk_files(folder: Path) -> Iterator[tuple[Path, int]]:
    """Yield every file below `folder` with its size in bytes; links are not followed, what cannot be read is passed."""
    for entry in walk_entries(folder):
        if entry.is_file(follow_symlinks=False):
            with suppress(OSError):  # deleted since
                yield Path(entry.path), entry.stat(follow_symlinks=False).st_size


def walk_entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Yield all that lies below `folder` but the folders themselves, links among it."""
    waiting = [folder]
    while waiting:
        try:
            entries = list(os.scandir(waiting.pop()))
        except OSError:
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                waiting.append(Path(entry.path))
            else:
                yield entry
