"""A run's artifacts deleted from where they lie, where that is not on this machine."""

from __future__ import annotations

from ml.settings import Settings


def remove_artifacts(settings: Settings, artifact_uri: str) -> None:
    """Delete all that lies at an address of an object store, or of the server that the settings name.

    Raises
    ------
    RepositoryError
        Where that cannot be done; a store's own error passes through.
    """
    from ml.track.removed import remove_artifacts as remove

    remove(artifact_uri, settings.artifact_server)
