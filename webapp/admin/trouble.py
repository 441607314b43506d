"""A champion whose file is refused: which it is, who answers in its place, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import Connection

from ml.places import ArtifactRoots
from ml.serve.contract import ModelFileError
from webapp.champion import peek_served, read_version
from webapp.models.queries import ModelVersion, find_champion


@dataclass(frozen=True)
class Trouble:
    """In words; `cause` is what the server's log has, in English."""

    sentence: str
    cause: str
    name: str
    version: int


def find_trouble(conn: Connection, name: str, roots: ArtifactRoots) -> Trouble | None:
    """Find what is wrong with the champion of `name`, if anything is; no model is loaded for that."""
    version = find_champion(conn, name)
    if version is None:
        return None
    served = peek_served(conn)
    if served is None:
        cause = _check(version, roots)
        return Trouble(_say_refused(version), cause, name, version.version) if cause else None
    if not served.trouble:
        return None
    instead = (
        _("Version %(version)s answers in its place.", version=served.champion.version.version)
        if served.champion
        else _("Nothing answers in its place.")
    )
    return Trouble(f"{_say_refused(version)} {instead}", served.trouble, name, version.version)


def _say_refused(version: ModelVersion) -> str:
    return _("Version %(version)s is the champion, but its file is refused.", version=version.version)


def _check(version: ModelVersion, roots: ArtifactRoots) -> str:
    try:
        read_version(version, roots)
    except ModelFileError as error:
        return str(error)
    return ""
