"""A run that was logged before, as its artifacts and tags tell of it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from ml.places import ArtifactRoots, is_remote, list_candidates, read_address


@dataclass(frozen=True)
class KeptRun:
    """A run of anybody's; `status` is MLflow's word."""

    run_id: str
    name: str
    status: str
    artifact_uri: str
    tags: Mapping[str, str]


@dataclass(frozen=True)
class KeptVersion:
    """A version of a registered model, with the run that it came from."""

    run: KeptRun
    tags: Mapping[str, str]


def find_kept_version(client: MlflowClient, name: str, number: int) -> KeptVersion | None:
    """Find a version by its number; None where there is none, or where it or its run was deleted."""
    try:
        version = client.get_model_version(name, str(number))
    except MlflowException:
        return None
    run = find_kept_run(client, str(version.run_id))
    return KeptVersion(run, dict(version.tags)) if run else None


def find_kept_run(client: MlflowClient, run_id: str) -> KeptRun | None:
    """Find a run by its id; None where there is none, or where it was deleted."""
    try:
        run = client.get_run(run_id)
    except MlflowException:
        return None
    if run.info.lifecycle_stage != "active":
        return None
    name = run.info.run_name or run_id[:8]
    return KeptRun(run.info.run_id, name, run.info.status, run.info.artifact_uri, dict(run.data.tags))


def read_artifact(client: MlflowClient, run: KeptRun, name: str, roots: ArtifactRoots) -> bytes | None:
    """Read an artifact, on this machine wherever the settings say that it may lie, or else through MLflow's client.

    Returns None where there is none.
    """
    places = [candidate.folder / name for candidate in list_candidates(run.artifact_uri, roots)]
    address = read_address(run.artifact_uri)
    if is_remote(address):
        places.append(roots.cached(run.artifact_uri) / name)
    found = next((path for path in places if path.is_file()), None)
    if found or not is_remote(address):
        return found.read_bytes() if found else None
    with tempfile.TemporaryDirectory(prefix="proctor-") as scratch:
        try:
            return Path(client.download_artifacts(run.run_id, name, scratch)).read_bytes()
        except (MlflowException, OSError):
            return None
