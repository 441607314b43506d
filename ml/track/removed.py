"""Artifacts deleted from an object store or a server, by MLflow's own clients."""

from __future__ import annotations

from urllib.parse import urlsplit

from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

SCHEMES = frozenset({"abfss", "b2", "dbfs", "ftp", "gs", "hdfs", "r2", "s3", "sftp", "viewfs", "wasbs"})
"""Object stores. Servers are left out: they would be sent this worker's passwords, whoever wrote their address."""


class RemovalError(Exception):
    """The artifacts cannot be deleted; the message says why and what to do."""


def remove_artifacts(artifact_uri: str) -> None:
    """Delete all that lies at an address of an object store.

    Raises
    ------
    RemovalError
        Where the address is none that may be asked, or a library is missing; a store's own error passes through.
    """
    scheme = urlsplit(artifact_uri).scheme
    if scheme not in SCHEMES:
        raise RemovalError(f"artifacts are not deleted from {scheme}: addresses; use `mlflow gc` for such runs")
    try:
        get_artifact_repository(artifact_uri).delete_artifacts()
    except ImportError as error:
        raise RemovalError(
            f"the worker lacks the library {error.name}, which MLflow needs for {scheme}: addresses; install it"
        ) from error
