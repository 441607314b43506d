"""Where a run's artifacts may lie on this machine: from the address that was recorded to the folders to look in.

Nothing is opened here; whoever opens one sees to it that it lies within the folder that the candidate names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+:")  # of two letters or more: `C:` is a drive
_DRIVE = re.compile(r"/?[A-Za-z]:[\\/]")
LAST_PARTS = 3
"""Experiment, run and `artifacts`: what stays the same when a folder of runs is moved."""


@dataclass(frozen=True)
class Moved:
    """What was recorded below the address `old` lies below the folder `new`."""

    old: str
    new: Path

    def __str__(self) -> str:
        return f"{self.old}={self.new}"

    def lead(self, address: str) -> Path | None:
        """The folder that an address leads to by this rule; None where it is another's, or climbs with `..`."""
        if address != self.old and not address.startswith(f"{self.old}/"):
            return None
        parts = [part for part in address[len(self.old) :].split("/") if part not in {"", "."}]
        return None if ".." in parts else self.new.joinpath(*parts)


@dataclass(frozen=True)
class ArtifactRoots:
    """The folders in which artifacts may lie, and none else."""

    root: Path
    """Where this installation writes them."""
    moved: tuple[Moved, ...]
    cache: Path
    """Where those that were fetched from elsewhere are kept, one folder a run."""
    private: Path
    """The data folder: no folder that holds it is ever a run's, for it has keys and passwords."""

    @property
    def all(self) -> tuple[Path, ...]:
        """Every folder below which an absolute path may lie."""
        return (self.root, *(rule.new for rule in self.moved))

    def cached(self, artifact_uri: str) -> Path:
        """Where the fetched artifacts of an address are kept, under a name that people recognise."""
        run = re.sub(r"[^\w-]", "", artifact_uri.rstrip("/").split("/")[-2:][0], flags=re.ASCII)[:64] or "run"
        return self.cache / f"{run}-{sha256(artifact_uri.encode(errors='surrogatepass')).hexdigest()[:8]}"


@dataclass(frozen=True)
class Candidate:
    """A folder to look in, and those of which it has to lie within one."""

    folder: Path
    within: tuple[Path, ...]


def read_address(artifact_uri: str | None) -> str:
    """An artifact URI as it is compared and mapped: a path as it is, `file:` as the path that it names."""
    text = (artifact_uri or "").strip()
    if text.lower().startswith("file:"):
        text = unquote(urlsplit(text).path)
    if _DRIVE.match(text):
        text = text.lstrip("/").replace("\\", "/")
    text = text.removeprefix("./")
    return text.rstrip("/") or text[:1]


def is_remote(address: str) -> bool:
    """Whether an address is no path on any machine, but an object store's or a server's."""
    return _SCHEME.match(address) is not None


def list_candidates(artifact_uri: str | None, roots: ArtifactRoots) -> tuple[Candidate, ...]:
    """The folders to look in, the likeliest first: as the settings map it, as recorded, and moved as a whole.

    A store that was moved names its old place: then the same last parts are looked for under the artifact root.
    """
    address = read_address(artifact_uri)
    found = [Candidate(folder, (rule.new,)) for rule, folder in _lead(address, roots.moved)]
    if address and not is_remote(address):
        recorded = Path(address)
        parts = recorded.parts[1:] if recorded.anchor else recorded.parts
        found.append(Candidate(roots.root / recorded, roots.all if recorded.is_absolute() else (roots.root,)))
        found.append(Candidate(roots.root.joinpath(*parts[-LAST_PARTS:]), (roots.root,)))
    return tuple({candidate.folder: candidate for candidate in reversed(found)}.values())[::-1]


def _lead(address: str, moved: tuple[Moved, ...]) -> list[tuple[Moved, Path]]:
    """The one rule that fits best, which is the one whose old address is longest, with where it leads."""
    fitting = [(rule, folder) for rule in moved if (folder := rule.lead(address)) is not None]
    return sorted(fitting, key=lambda found: len(found[0].old), reverse=True)[:1]
