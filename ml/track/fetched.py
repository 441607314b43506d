"""A run's artifacts brought here from an object store or a server, whole or not at all, by MLflow's own clients."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from ml.results import Progress, Report
from ml.track.repositories import Repository

MOST_FILES = 20_000
DEEPEST = 40
MEGABYTE = 1_000_000


class FetchError(Exception):
    """The artifacts cannot be fetched; the message says why and what to do."""


@dataclass(frozen=True)
class Fetched:
    """What was fetched."""

    files: int
    bytes: int


def fetch_files(repository: Repository, target: Path, limit_mb: int, report: Report) -> Fetched:
    """Bring all that a repository holds to the folder `target`, which is there whole at the end or not changed.

    Raises
    ------
    FetchError
        Where there is too much, too little room, or anything that cannot be read or named.
    """
    report(Progress("look_up"))
    names = list(_list_files(repository, limit_mb))
    report(Progress("look_up", 1))
    with _fill(target) as folder:
        _check_room(folder, sum(size for _name, size in names))
        fetched = 0
        for done, (name, _size) in enumerate(names):
            report(Progress("download", done, len(names)))
            fetched += _download(repository, name, folder)
            _check_limit(fetched, limit_mb)  # a listing need not tell sizes
    report(Progress("download", len(names), max(1, len(names))))
    return Fetched(len(names), fetched)


def _list_files(repository: Repository, limit_mb: int) -> Iterator[tuple[str, int]]:
    waiting, files, total = [""], 0, 0
    while waiting:
        folder = waiting.pop()
        for info in _ask(lambda folder=folder: repository.list_artifacts(folder or None)):
            name = _check_name(info.path)
            if info.is_dir:
                waiting += [name] * (name != folder)
                continue
            files, total = files + 1, total + (info.file_size or 0)
            _check_limit(total, limit_mb)
            if files > MOST_FILES:
                raise FetchError(f"the run has more than {MOST_FILES:,} artifacts, which is the most that is fetched")
            yield name, info.file_size or 0


def _check_name(name: str) -> str:
    """See that a name, which a stranger's store tells, stays below the folder that it is written to."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\0" in name or not 0 < len(path.parts) <= DEEPEST:
        raise FetchError(f"an artifact is called {name!r}, which is no name of a file below a folder")
    return str(path)


def _check_limit(size: int, limit_mb: int) -> None:
    if size > limit_mb * MEGABYTE:
        raise FetchError(f"the artifacts weigh more than {limit_mb:,} MB; set PROCTOR_ARTIFACT_LIMIT_MB to fetch more")


def _check_room(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < size:
        raise FetchError(f"the artifacts weigh {size / MEGABYTE:,.0f} MB, and {free / MEGABYTE:,.0f} MB are free here")


def _download(repository: Repository, name: str, folder: Path) -> int:
    path = Path(_ask(lambda: repository.download_artifacts(name, str(folder))))
    if not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
        raise FetchError(f"the artifact {name!r} did not arrive")
    return path.stat().st_size


def _ask(question: Any) -> Any:
    """Ask the store, whose clients raise whatever their makers chose."""
    try:
        return question()
    except ImportError as error:
        raise FetchError(f"the worker lacks the library {error.name}, which MLflow needs here; install it") from error
    except Exception as error:
        reason = str(error).strip().partition("\n")[0]
        raise FetchError(
            f"the store did not answer as it should ({type(error).__name__}: {reason}); look at the address and at the"
            " credentials in the worker's environment"
        ) from error


@contextmanager
def _fill(target: Path) -> Iterator[Path]:
    """Give a folder to fill, which takes the place of `target` if nothing goes wrong and is deleted else."""
    filling, former = (target.with_name(f".{target.name}.{what}") for what in ("filling", "former"))
    for folder in (filling, former):  # a killed worker's
        shutil.rmtree(folder, ignore_errors=True)
    filling.mkdir(parents=True)
    try:
        yield filling
        if target.exists():
            target.rename(former)
        filling.rename(target)
    finally:
        for folder in (filling, former):
            shutil.rmtree(folder, ignore_errors=True)
