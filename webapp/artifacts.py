"""Where a run's artifacts lie on this machine: under the artifact root and nowhere else."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlparse


def find_artifact_folder(artifact_uri: str | None, root: Path) -> Path | None:
    """Return the folder of an artifact URI, or None where it is not under `root`.

    The URI was written by whoever logged the run, so a path outside `root` is never followed. A store that was moved
    names its old place: then the same last parts (experiment, run, `artifacts`) are looked for under `root`.
    """
    parsed = urlparse(artifact_uri or "")
    if parsed.scheme not in {"", "file"} or not parsed.path:
        return None
    recorded = Path(unquote(parsed.path))
    moved = Path(*recorded.parts[-3:]) if not recorded.is_absolute() else Path(*recorded.parts[1:][-3:])
    for folder in (root / recorded, root / moved):
        if folder.is_dir() and folder.resolve().is_relative_to(root.resolve()):
            return folder.resolve()
    return None


def find_artifact(folder: Path, name: str) -> Path | None:
    """Return the file `name` within `folder`, or None: no other spelling of a path leads out of it."""
    if "\0" in name:
        return None
    path = (folder / name).resolve()
    return path if path.is_file() and path.is_relative_to(folder.resolve()) else None


def list_artifacts(folder: Path) -> tuple[tuple[str, int], ...]:
    """Name every file below `folder`, relative to it, with its size in bytes."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return tuple(sorted((path.relative_to(folder).as_posix(), path.stat().st_size) for path in files))
