"""A run that was logged before, as its artifacts and tags tell of it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlparse

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException


@dataclass(frozen=True)
class KeptRun:
    """A run of anybody's; `status` is MLflow's word."""

    run_id: str
    name: str
    status: str
    artifact_uri: str
    tags: Mapping[str, str]


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


def read_artifact(client: MlflowClient, run: KeptRun, name: str, artifact_root: Path) -> bytes | None:
    """Read an artifact; None where there is none.

    A store that was moved names its old place: then the same last parts (experiment, run, `artifacts`) are looked for
    under `artifact_root`.
    """
    parsed = urlparse(run.artifact_uri)
    if parsed.scheme in {"", "file"}:
        recorded = Path(unquote(parsed.path))
        places = (recorded / name, artifact_root.joinpath(*recorded.parts[-3:], name))
        return next((path.read_bytes() for path in places if path.is_file()), None)
    with tempfile.TemporaryDirectory(prefix="proctor-") as scratch:
        try:
            return Path(client.download_artifacts(run.run_id, name, scratch)).read_bytes()
        except (MlflowException, OSError):
            return None
