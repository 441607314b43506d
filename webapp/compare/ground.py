"""What a test needs of a run's report: on which folds it was scored, and how in each. It is read from many at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from ml.places import ArtifactRoots
from ml.results import Estimate
from webapp.artifacts import find_artifact, find_artifact_folder


@dataclass(frozen=True)
class Beside:
    """What a baseline makes on the same folds, and the column that it reads."""

    mean: float
    detail: str = ""


@dataclass(frozen=True)
class Ground:
    """Where a run stands by one metric. `values` has one for each fold, repeat by repeat; none if it was not scored."""

    content_sha256: str
    classes: tuple[str, ...]
    rows: int
    folds: int
    repeats: int
    seed: int
    folds_sha256: str
    values: tuple[float, ...] = ()
    score: Estimate | None = None
    prior: Beside | None = None
    single: Beside | None = None


def find_ground(artifact_uri: str | None, roots: ArtifactRoots, metric: str) -> Ground | None:
    """Read the ground from the report among a run's artifacts; None where there is none."""
    folder = find_artifact_folder(artifact_uri, roots)
    path = find_artifact(folder, "report.json") if folder else None
    return _read(path, path.stat().st_mtime_ns, metric) if path else None


@lru_cache(maxsize=2048)
def _read(path: Path, _changed_at: int, metric: str) -> Ground | None:
    try:
        document = json.loads(path.read_bytes())
        evaluation, origin = document["evaluation"], document["origin"]
        found = {name: evaluation[name] for name in ("classes", "rows", "folds", "repeats", "seed")}
        found |= {
            "content_sha256": origin["content_sha256"],
            "folds_sha256": evaluation.get("folds_sha256", ""),
            "values": evaluation["fold_metrics"].get(metric, ()),
            "score": evaluation["metrics"].get(metric),
            "prior": _beside(evaluation["baselines"]["prior"], metric),
            "single": _beside(evaluation["baselines"]["single_column"], metric),
        }
        return _grounds().validate_python(found)
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError):
        return None


def _beside(baseline: Mapping[str, Mapping[str, Mapping[str, float]]], metric: str) -> dict[str, object] | None:
    score = baseline["metrics"].get(metric)
    return {"mean": score["mean"], "detail": baseline["detail"]} if score else None


@cache
def _grounds() -> TypeAdapter[Ground]:
    """Built once: pydantic compiles the dataclass into a validator."""
    return TypeAdapter(Ground)
