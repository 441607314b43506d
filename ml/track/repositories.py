"""MLflow's own clients for artifacts that lie elsewhere, and who may be asked through them."""

from __future__ import annotations

import os
from typing import Any, Protocol
from urllib.parse import urlsplit

from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

SCHEMES = frozenset({"abfss", "b2", "dbfs", "ftp", "gs", "hdfs", "r2", "s3", "sftp", "viewfs", "wasbs"})
"""Object stores that MLflow knows. Servers are asked only where the settings name them: they are sent passwords."""
SERVERS = frozenset({"http", "https", "mlflow-artifacts"})


class RepositoryError(Exception):
    """Nobody can be asked at that address; the message says why and what to do."""


class Repository(Protocol):
    """What is used of MLflow's artifact repositories."""

    def list_artifacts(self, path: str | None = None) -> list[Any]: ...

    def download_artifacts(self, artifact_path: str, dst_path: str | None = None) -> str: ...

    def delete_artifacts(self, artifact_path: str | None = None) -> None: ...


def open_repository(artifact_uri: str, server: str | None) -> Repository:
    """MLflow's client for an address; `server` is the MLflow server that the settings name.

    Raises
    ------
    RepositoryError
        Where the address is none that may be asked, or a library is missing.
    """
    parts = urlsplit(artifact_uri)
    if parts.scheme not in SCHEMES | SERVERS:
        place = f"{parts.scheme}: addresses" if parts.scheme else "a path"
        raise RepositoryError(f"{artifact_uri}: no store or server can be asked for artifacts at {place}")
    if parts.scheme in SERVERS:
        _check_server(artifact_uri, server)
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")  # MLflow's seven take minutes to give up
    try:
        found: Repository = get_artifact_repository(artifact_uri, tracking_uri=server)
    except ImportError as error:
        raise RepositoryError(
            f"the worker lacks the library {error.name}, which MLflow needs for {parts.scheme}: addresses; install it"
        ) from error
    return found


def _check_server(artifact_uri: str, server: str | None) -> None:
    """See that what is asked is the server of the settings: it would be sent the worker's password for that one."""
    if not server:
        raise RepositoryError(
            f"{artifact_uri} is on an MLflow server and the settings name none; set PROCTOR_ARTIFACT_SERVER"
        )
    asked, known = urlsplit(artifact_uri), urlsplit(server)
    if asked.netloc and asked.netloc.rpartition("@")[2] != known.netloc.rpartition("@")[2]:
        raise RepositoryError(
            f"{artifact_uri} is on another server than the settings name; where it may be asked, set"
            f" PROCTOR_ARTIFACT_SERVER to it"
        )
