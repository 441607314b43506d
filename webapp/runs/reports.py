"""A run's report as the worker wrote it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from ml.examination import Examination
from ml.places import ArtifactRoots
from ml.results import Evaluation, Origin
from webapp.artifacts import find_artifact, find_artifact_folder


@dataclass(frozen=True)
class RunReport:
    """The part of `report.json` that pages show, and the examination, empty where an older Proctor made none."""

    evaluation: Evaluation
    origin: Origin
    examination: Examination


def find_report(artifact_uri: str | None, roots: ArtifactRoots) -> RunReport | None:
    """Read the report among a run's artifacts; None where there is none, as for runs that others logged."""
    folder = find_artifact_folder(artifact_uri, roots)
    path = find_artifact(folder, "report.json") if folder else None
    if folder is None or path is None:
        return None
    examined = find_artifact(folder, "examination.json")
    return _read(path, path.stat().st_mtime_ns, examined, examined.stat().st_mtime_ns if examined else 0)


@lru_cache(maxsize=64)
def _read(path: Path, _changed_at: int, examined: Path | None, _examined_at: int) -> RunReport | None:
    try:
        document = json.loads(path.read_bytes())
        evaluation = _evaluations().validate_python(document["evaluation"])
        origin = _origins().validate_python(document["origin"])
    except (ValueError, KeyError, TypeError, ValidationError):
        return None
    return RunReport(evaluation, origin, _read_examination(examined) if examined else Examination())


def _read_examination(path: Path) -> Examination:
    """Read what this Proctor knows; a file that another release wrote differently counts as none."""
    try:
        return _examinations().validate_json(path.read_bytes())
    except (ValueError, ValidationError):
        return Examination()


@cache
def _evaluations() -> TypeAdapter[Evaluation]:
    """Built once, as those below: pydantic compiles the dataclasses into one validator."""
    return TypeAdapter(Evaluation)


@cache
def _origins() -> TypeAdapter[Origin]:
    return TypeAdapter(Origin)


@cache
def _examinations() -> TypeAdapter[Examination]:
    return TypeAdapter(Examination)
