"""A run's report as the worker wrote it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from ml.results import Evaluation, Origin
from webapp.artifacts import find_artifact, find_artifact_folder


@dataclass(frozen=True)
class RunReport:
    """The part of `report.json` that pages show."""

    evaluation: Evaluation
    origin: Origin


def find_report(artifact_uri: str | None, root: Path) -> RunReport | None:
    """Read the report among a run's artifacts; None where there is none, as for runs that others logged."""
    folder = find_artifact_folder(artifact_uri, root)
    path = find_artifact(folder, "report.json") if folder else None
    return _read(path, path.stat().st_mtime_ns) if path else None


@lru_cache(maxsize=64)
def _read(path: Path, _changed_at: int) -> RunReport | None:
    try:
        document = json.loads(path.read_bytes())
        return _adapter().validate_python({"evaluation": document["evaluation"], "origin": document["origin"]})
    except (ValueError, KeyError, TypeError, ValidationError):
        return None


@cache
def _adapter() -> TypeAdapter[RunReport]:
    """Built once: pydantic compiles the dataclasses of the report into one validator."""
    return TypeAdapter(RunReport)
