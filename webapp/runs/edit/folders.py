"""Where the artifacts of a run may be deleted: in the folder that is that run's alone, and nowhere else.

Whoever logged a run wrote its address. MLflow gives each run a folder `…/<run id>/artifacts`; an address of another
shape, or one that leads to such a folder of another run, is never followed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from sqlalchemy import Connection, select, union_all

from ml.places import ArtifactRoots
from ml.settings import Settings
from webapp.artifacts import Here, find_artifact_folder, walk_entries
from webapp.store.mlflow_tables import experiments, runs

LAST = "artifacts"
MOST_COUNTED = 20_000
"""Files of all runs together that a page counts before it answers without a size."""


@dataclass(frozen=True)
class Places:
    """The folders below which artifacts lie on this machine; those of `kept` are never deleted, nor what holds them."""

    roots: ArtifactRoots
    kept: tuple[Path, ...]


def make_places(settings: Settings) -> Places:
    """The folders of this installation."""
    return Places(settings.artifact_roots, (settings.data_dir,))


@dataclass(frozen=True)
class Elsewhere:
    """They lie in an object store or on a server."""

    address: str


@dataclass(frozen=True)
class Nowhere:
    """There are none."""


@dataclass(frozen=True)
class Refused:
    """They are not deleted, and neither is the run; `code` says why."""

    code: Literal["not_own", "outside", "linked"]
    address: str


Removable = Here | Elsewhere | Nowhere | Refused


def find_removable(run_id: str, artifact_uri: str | None, places: Places) -> Removable:
    """Find what may be deleted of a run's artifacts; nothing is opened but folders."""
    address = (artifact_uri or "").strip()
    if not address:
        return Nowhere()
    try:
        return _judge(run_id, address, places)
    except (OSError, RuntimeError, ValueError):  # too long, a ring of links, a NUL, no address at all
        return Refused("not_own", address)


def _judge(run_id: str, address: str, places: Places) -> Removable:
    parts = _split(address)
    if parts[-2:] != [run_id, LAST] or ".." in parts:
        return Refused("not_own", address)
    split = urlsplit(address)
    if split.scheme not in {"", "file"}:
        return Elsewhere(address)
    folder = find_artifact_folder(address, places.roots)
    if folder is None:
        is_there = os.path.lexists(unquote(split.path))
        return Refused("outside", address) if is_there else _find_emptied(run_id, address, places)
    if folder.parts[-2:] != (run_id, LAST):
        return Refused("linked", address)
    is_needed = any(kept.resolve().is_relative_to(folder) for kept in (*places.roots.all, *places.kept))
    return Refused("not_own", address) if is_needed else Here(folder)


def _find_emptied(run_id: str, address: str, places: Places) -> Here | Nowhere:
    """Find the run's own folder, left empty by a deletion that was cut off between the artifacts and it."""
    own = find_artifact_folder(address.rstrip("/").rpartition("/")[0], places.roots)
    return Here(own / LAST) if own and own.name == run_id and not any(own.iterdir()) else Nowhere()


def find_sharers(conn: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Find for each run the address of another, or of an experiment, that lies within its folder.

    One pass over all addresses, which are text that no index helps to search.
    """
    wanted, found = frozenset(ids), {}
    addresses = union_all(
        select(runs.c.run_uuid.label("owner"), runs.c.artifact_uri.label("address")),
        select(experiments.c.name, experiments.c.artifact_location),
    )
    for owner, address in conn.execute(addresses):
        for run_id in wanted.intersection(_split(address or "")) - {owner}:
            found[run_id] = address
    return found


def measure(folders: Iterable[Path]) -> tuple[int, int] | None:
    """Count the files in some folders and their bytes; None where there are too many to count on the way."""
    files = size = 0
    for folder in folders:
        for entry in walk_entries(folder):
            files += 1
            with suppress(OSError):  # deleted since
                size += entry.stat(follow_symlinks=False).st_size
            if files > MOST_COUNTED:
                return None
    return files, size


def _split(address: str) -> list[str]:
    return [part for part in unquote(address).split("/") if part]
