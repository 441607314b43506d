"""What a file store holds, as plain values: read once, compared by a digest, written by others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

ACTIVE, DELETED = "active", "deleted"


@dataclass(frozen=True)
class Problem:
    """Something that could not be read or written, and where: it was left out, the rest was not."""

    path: Path
    text: str
    line: int | None = None

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else str(self.path)
        return f"{place}: {self.text}"


Notice = Callable[[Problem], None]


class Point(NamedTuple):
    """A logged value of a metric, as MLflow's tables hold it; a tuple, since there may be a million."""

    key: str
    value: float
    timestamp: int
    step: int
    is_nan: bool


@dataclass(frozen=True)
class Dataset:
    """A dataset that runs were given."""

    name: str
    digest: str
    source_type: str
    source: str
    schema: str | None
    profile: str | None


@dataclass(frozen=True)
class Links:
    """What went into a run and came out of it: datasets with their tags, models, and models with their step."""

    datasets: tuple[tuple[Dataset, Mapping[str, str]], ...] = ()
    models_in: tuple[str, ...] = ()
    models_out: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class FileExperiment:
    """An experiment's folder."""

    folder: Path = field(repr=False)
    name: str
    lifecycle_stage: str
    artifact_location: str
    creation_time: int | None
    last_update_time: int | None
    tags: Mapping[str, str]


@dataclass(frozen=True)
class FileRun:
    """A run's folder. `columns` are those of MLflow's `runs` that the file gives."""

    folder: Path = field(repr=False)
    run_id: str
    artifact_uri: str
    columns: Mapping[str, Any]
    params: Mapping[str, str]
    tags: Mapping[str, str]
    points: tuple[Point, ...]
    links: Links


@dataclass(frozen=True)
class FileLoggedModel:
    """A model that a run logged, as MLflow 3 keeps it apart; `metrics` are rows of its metrics."""

    folder: Path = field(repr=False)
    model_id: str
    artifact_location: str
    columns: Mapping[str, Any]
    params: Mapping[str, str]
    tags: Mapping[str, str]
    metrics: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class FileVersion:
    """A version of a registered model."""

    folder: Path = field(repr=False)
    version: int
    columns: Mapping[str, Any]
    tags: Mapping[str, str]


@dataclass(frozen=True)
class FileModel:
    """A registered model with its versions and aliases."""

    folder: Path = field(repr=False)
    name: str
    columns: Mapping[str, Any]
    tags: Mapping[str, str]
    aliases: Mapping[str, int]
    versions: tuple[FileVersion, ...]


def make_digest(value: FileRun | FileLoggedModel | FileModel) -> str:
    """Make the sha256 of all that a value says, wherever its folder lies."""
    return sha256(repr(value).encode()).hexdigest()
