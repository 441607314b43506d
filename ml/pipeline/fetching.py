"""A run's artifacts brought here from where they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml.results import Report, ignore_progress
from ml.settings import Settings

if TYPE_CHECKING:
    from ml.track.fetched import Fetched


def fetch_artifacts(settings: Settings, run_id: str, report: Report = ignore_progress) -> Fetched:
    """Fetch the artifacts of a run of anybody's into the data folder, whole or not at all.

    Raises
    ------
    FetchError, RepositoryError, StoreError
        Where that cannot be done; the message says why and what to do.
    """
    from ml.track.fetched import FetchError, fetch_files
    from ml.track.kept import find_kept_run
    from ml.track.repositories import open_repository
    from ml.track.runs import open_client

    run = find_kept_run(open_client(settings), run_id)
    if run is None:
        raise FetchError(f"there is no run {run_id!r}, or it was deleted")
    repository = open_repository(run.artifact_uri, settings.artifact_server)
    return fetch_files(repository, settings.artifact_roots.cached(run.artifact_uri), settings.artifact_limit_mb, report)
