"""Put the pickles of a model's versions where people look for them: under their number, in the folder of models."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from ml.files import write_files
from ml.pipeline.exporting import PICKLE_PATH

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from ml.settings import Settings


def place_pickles(client: MlflowClient, name: str, newest: int, settings: Settings) -> None:
    """Copy the pickle of the newest version, and of those before it that have none.

    A number is known only once a version is registered. Who is killed between that and the copy leaves one out, which
    whoever registers the next version puts there.
    """
    for number in range(newest, 0, -1):
        path = settings.artifact_root / f"{name}-v{number}.joblib"
        if number < newest and path.is_file():
            return
        if content := _read_pickle(client, name, number, settings):
            write_files({path: content})


def _read_pickle(client: MlflowClient, name: str, number: int, settings: Settings) -> bytes | None:
    """Read it from the run's artifacts; None where the version or the file is gone, or is not the one registered."""
    from ml.track.kept import find_kept_version, read_artifact

    version = find_kept_version(client, name, number)
    content = version and read_artifact(client, version.run, PICKLE_PATH, settings.artifact_roots)
    if not version or not content or sha256(content).hexdigest() != version.tags.get("proctor.joblib_sha256"):
        return None
    return content
