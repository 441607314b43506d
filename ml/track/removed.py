"""Artifacts deleted from an object store or a server, by MLflow's own clients."""

from __future__ import annotations

from ml.track.repositories import open_repository


def remove_artifacts(artifact_uri: str, server: str | None) -> None:
    """Delete all that lies at an address; `server` is the MLflow server that the settings name.

    Raises
    ------
    RepositoryError
        Where the address is none that may be asked, or a library is missing; a store's own error passes through.
    """
    open_repository(artifact_uri, server).delete_artifacts()
