"""The one loaded predictor of this process, swapped as one value.

Every request asks the store which version is champion. A change is loaded once, from bytes checked against the store;
where they cannot be trusted the last good model goes on answering, and the trouble is kept for the pages that show it.
A process that has just started has no last one: there the version answers to which a roll-back would return.
So the last good model does while a process apart is started for its successor.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from flask import Flask, current_app
from sqlalchemy import Connection

from ml.places import ArtifactRoots
from ml.serve.contract import ModelFileError
from ml.serve.verifying import read_verified
from webapp.artifacts import find_artifact, find_artifact_folder
from webapp.current import current_settings, current_spec
from webapp.models.history import find_previous
from webapp.models.listing import find_model
from webapp.models.queries import Asked, ModelVersion, find_asked, find_champion

if TYPE_CHECKING:
    from ml.serve.predictor import Predictor

RETRY_SECONDS = 5.0
LONGEST_START = 120.0
"""Seconds after which a champion that is still being started is started anew."""

logger = logging.getLogger(__name__)


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
                _renew(conn, holder, find_champion(conn, name), current_settings().artifact_roots)
    return holder.served


def peek_served(conn: Connection) -> Served | None:
    """Return what answers now, as `find_served`, if this process has been asked since the registry changed.

    None otherwise: nothing is loaded for it.
    """
    holder: Holder = current_app.extensions["proctor_champion"]
    return holder.served if holder.served.asked == find_asked(conn, current_spec().name) else None


def _renew(conn: Connection, holder: Holder, version: ModelVersion | None, roots: ArtifactRoots) -> None:
    """Put another version in place: at once, or when its process is up while the last good model can answer."""
    last = holder.served
    if version is None:
        holder.served = Served()
    elif version.is_apart and last.champion:
        trouble = last.trouble if last.asked == version.asked else ""
        holder.served = Served(last.champion, version.asked, trouble, time.monotonic() + LONGEST_START)
        threading.Thread(
            target=_renew_later, args=(holder, version, roots), name="starting a champion", daemon=True
        ).start()
    else:
        found = _load(last.champion, version, roots)
        holder.served = found if found.champion else replace(found, champion=_find_former(conn, version, roots))


def _find_former(conn: Connection, version: ModelVersion, roots: ArtifactRoots) -> Champion | None:
    """Load the version to which a roll-back from this one would return."""
    model = find_model(conn, version.name)
    former = find_previous(conn, model, version) if model else None
    if former is None:
        return None
    try:
        return Champion(load_version(former, roots), former)
    except ModelFileError as error:
        logger.error("v%s, champion before, is not served either: %s", former.version, error)  # noqa: TRY400
        return None


def _renew_later(holder: Holder, version: ModelVersion, roots: ArtifactRoots) -> None:
    found = _load(holder.served.champion, version, roots)
    with holder.lock:
        if holder.served.asked == version.asked:
            holder.served = found


def _load(last: Champion | None, version: ModelVersion, roots: ArtifactRoots) -> Served:
    try:
        return Served(Champion(load_version(version, roots), version), version.asked)
    except ModelFileError as error:
        logger.error("champion v%s is not served: %s", version.version, error)  # noqa: TRY400  # said whole
        return Served(last, version.asked, str(error), time.monotonic() + RETRY_SECONDS)


def load_version(version: ModelVersion, roots: ArtifactRoots) -> Predictor:
    """Load a version's predictor from the bytes that were registered.

    Raises
    ------
    ModelFileError
        Where they were never cleared for serving, cannot be found, or are not those.
    """
    from ml.serve.loading import load_model  # noqa: PLC0415 - see ml.serve.contract

    return load_model(read_version(version, roots))


def read_version(version: ModelVersion, roots: ArtifactRoots) -> bytes:
    """Read the bytes that were registered as a version's file, and load nothing.

    Raises
    ------
    ModelFileError
        Where they were never cleared for serving, cannot be found, or are not those.
    """
    if not version.file_sha256:
        raise ModelFileError(f"version {version.version} was not cleared for serving")
    folder = find_artifact_folder(version.artifact_uri, roots)
    path = find_artifact(folder, version.file_path) if folder else None
    if path is None:
        raise ModelFileError(f"the file of version {version.version} is not under the artifact root")
    return read_verified(path, version.file_sha256)
