"""The one loaded predictor of this process, swapped as one value.

Every request asks the store which version is champion. A change is loaded once, from bytes checked against the store;
where they cannot be trusted the last good model goes on answering, and the trouble is kept for the pages that show it.
"""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask import Flask, current_app
from sqlalchemy import Connection

from ml.places import ArtifactRoots
from ml.serve.contract import ModelFileError
from webapp.artifacts import find_artifact, find_artifact_folder
from webapp.current import current_settings, current_spec
from webapp.models.queries import Asked, ModelVersion, find_asked, find_champion

if TYPE_CHECKING:
    from ml.serve.predictor import Predictor

RETRY_SECONDS = 5.0


@dataclass(frozen=True)
class Champion:
    """A predictor and the version that it is: one value, so that no answer names another version than its own."""

    predictor: Predictor
    version: ModelVersion


@dataclass(frozen=True)
class Served:
    """What answers now, and why it is not what the registry names, if it is not."""

    champion: Champion | None = None
    asked: Asked | None = None
    trouble: str = ""
    retry_at: float = math.inf
    """When to try a file again that could not be trusted, on the monotonic clock: it may have been put right."""

    def is_stale(self, asked: Asked | None) -> bool:
        """Whether the registry names another version, or trouble has lasted long enough to look again."""
        return self.asked != asked or time.monotonic() >= self.retry_at


@dataclass
class Holder:
    """The process's place for what is served."""

    served: Served = field(default_factory=Served)
    lock: threading.Lock = field(default_factory=threading.Lock)


def init_app(app: Flask) -> None:
    """Give the app a place for its champion; nothing is loaded before somebody asks."""
    app.extensions["proctor_champion"] = Holder()


def current_champion(conn: Connection) -> Champion | None:
    """Return what answers now, loading the registry's champion if it is another; None before the first one."""
    return find_served(conn).champion


def find_served(conn: Connection) -> Served:
    """Return what answers now and what is wrong with it, if anything."""
    holder: Holder = current_app.extensions["proctor_champion"]
    name = current_spec().name
    asked = find_asked(conn, name)
    if holder.served.is_stale(asked):
        with holder.lock:
            if holder.served.is_stale(asked):
                holder.served = _replace(holder.served.champion, find_champion(conn, name))
    return holder.served


def _replace(last: Champion | None, version: ModelVersion | None) -> Served:
    if version is None:
        return Served()
    try:
        return Served(Champion(load_champion(version), version), version.asked)
    except ModelFileError as error:
        current_app.logger.error("champion v%s is not served: %s", version.version, error)  # noqa: TRY400  # said whole
        return Served(last, version.asked, str(error), time.monotonic() + RETRY_SECONDS)


def load_champion(version: ModelVersion) -> Predictor:
    """Load a version's predictor from the bytes that were registered.

    Raises
    ------
    ModelFileError
        Where they were never cleared for serving, cannot be found, or are not those.
    """
    return load_version(version, current_settings().artifact_roots)


def load_version(version: ModelVersion, roots: ArtifactRoots) -> Predictor:
    """Do what `load_champion` does, for a process that serves no app."""
    from ml.serve.predictor import load_predictor, read_verified  # noqa: PLC0415 - see ml.serve.contract

    if not version.onnx_sha256:
        raise ModelFileError(f"version {version.version} was not cleared for serving")
    folder = find_artifact_folder(version.artifact_uri, roots)
    path = find_artifact(folder, version.onnx_path) if folder else None
    if path is None:
        raise ModelFileError(f"the file of version {version.version} is not under the artifact root")
    return load_predictor(read_verified(path, version.onnx_sha256))
