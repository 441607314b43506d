"""Where artifacts of a file store lie, and copying them under the artifact root."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from webapp.filestore.files import walk_files
from webapp.filestore.values import Notice, Problem

ARTIFACTS = "artifacts"
_NOT_IN_A_NAME = re.compile(r"[^\w .-]")
_LONGEST_FOLDER = 60


@dataclass
class Moves:
    """Which folder of artifacts is now to be found where, for what names it by its old place."""

    moved: dict[str, str] = field(default_factory=dict)

    def note(self, recorded: str, now: str) -> None:
        """Note that what was recorded in one place is in another."""
        if recorded and recorded != now:
            self.moved[_as_path(recorded)] = now

    def follow(self, location: str | None) -> str | None:
        """Return the place where that is today: itself, or below the folder that was moved."""
        if not location or _local_path(location) is None:
            return location
        path = _as_path(location)
        for recorded in (path, *map(str, Path(path).parents)):
            if recorded in self.moved:
                rest = path.removeprefix(recorded).lstrip("/")
                return f"{self.moved[recorded]}/{rest}".rstrip("/")
        return location


@dataclass
class Copier:
    """Copies artifacts under `root`, and counts what it copied.

    A file store says by itself where its artifacts lie, and whoever wrote it may have named any folder of this machine:
    only what lies below `sources` is copied.
    """

    root: Path
    sources: tuple[Path, ...]
    files: int = 0
    size: int = 0

    def place(self, experiment: str, owner: str) -> Path:
        """The folder of a run's, or of a logged model's, artifacts."""
        return self.root / name_folder(experiment) / owner / ARTIFACTS

    def copy(self, source: Path, target: Path, notice: Notice) -> bool:
        """Copy what is not there yet, file by file; each is whole or absent. False where not all could be had."""
        if not any(source.resolve().is_relative_to(folder.resolve()) for folder in self.sources):
            notice(Problem(source, "lies outside the file store: it was not copied; name it with --artifacts-from"))
            return False
        is_whole, source = True, source.resolve()
        for path in walk_files(source, notice):
            try:
                self._copy_file(path, target / path.relative_to(source))
            except OSError as error:
                notice(Problem(path, f"could not be copied: {error.strerror}"))
                is_whole = False
        return is_whole

    def _copy_file(self, path: Path, target: Path) -> None:
        size = path.stat().st_size
        if target.is_file() and target.stat().st_size == size and target.stat().st_mtime >= path.stat().st_mtime:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{target.name[:200]}.part")
        shutil.copyfile(path, part)
        shutil.copystat(path, part)
        part.replace(target)
        self.files, self.size = self.files + 1, self.size + size


def find_artifacts(uri: str, beside: Path) -> tuple[str, Path | None]:
    """Find the artifacts that `uri` names, or where it names no folder of this machine, those that lie `beside`.

    Returns their URI, and their folder where that is on this machine.
    """
    path = _local_path(uri)
    if uri and path is None:
        return uri, None
    if path is not None and path.is_absolute() and path.is_dir():
        return uri, path
    return (beside.resolve().as_uri(), beside) if beside.is_dir() else (uri, None)


def is_lost(uri: str) -> bool:
    """Whether a URI names a folder of this machine that is not there, as after a restore from the trash."""
    path = _local_path(uri)
    return not uri or (path is not None and not path.is_dir())


def name_folder(experiment: str) -> str:
    """An experiment's name as the name of a folder: whatever it holds, it leads nowhere else."""
    return _NOT_IN_A_NAME.sub("_", experiment)[:_LONGEST_FOLDER].strip(" .") or "imported"


def _local_path(uri: str) -> Path | None:
    parsed = urlsplit(uri)
    if parsed.scheme == "file":
        return Path(unquote(parsed.path))
    return Path(uri) if uri and not parsed.scheme else None


def _as_path(location: str) -> str:
    return str(_local_path(location) or location)
