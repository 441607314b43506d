"""What a version has to show before it may answer. Each gate stands for itself and says by a code why it is shut."""

from __future__ import annotations

from pathlib import Path

from ml.places import ArtifactRoots
from webapp.artifacts import find_artifact, find_artifact_folder
from webapp.audit.verdicts import CHEAT
from webapp.models.queries import ModelVersion

SHORTEST_DEFENCE = 20
"""Characters of the reason why a version answers although its audit failed: one word is no reason."""


class RefusedError(ValueError):
    """The registry is not changed so; `code` says why, `about` what it is about."""

    def __init__(self, code: str, about: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.about = about


def find_shut_gate(version: ModelVersion, roots: ArtifactRoots) -> RefusedError | None:
    """Find why a version could not be promoted by saying so and why; a failed audit alone is no such reason."""
    try:
        check_serving(version, roots)
        check_card(version)
    except RefusedError as error:
        return error
    return None


def check_serving(version: ModelVersion, roots: ArtifactRoots) -> None:
    """See that there is a file to serve.

    Raises
    ------
    RefusedError
        `cannot_serve` where its bytes were never cleared for serving, `not_ready` where it was not wholly registered,
        `retired`, and `no_file` where the file is not on this machine.
    """
    if not version.file_sha256:
        raise RefusedError("cannot_serve")
    if not version.is_ready:
        raise RefusedError("not_ready", (version.status,))
    if version.retired:
        raise RefusedError("retired")
    if find_served_file(version, roots) is None:
        raise RefusedError("no_file")


def find_served_file(version: ModelVersion, roots: ArtifactRoots) -> Path | None:
    """Find the file that would be loaded; None where it is gone, or nobody said which it is."""
    folder = find_artifact_folder(version.artifact_uri, roots)
    return find_artifact(folder, version.file_path) if folder and version.file_path else None


def check_audit(version: ModelVersion, reason: str, *, despite_audit: bool) -> bool:
    """Return whether the version is to answer against its audit, which takes saying so and a reason.

    Raises
    ------
    RefusedError
        `audit_failed`, `reason_short`
    """
    if version.audit != CHEAT:
        return False
    if not despite_audit:
        raise RefusedError("audit_failed")
    if len(reason.strip()) < SHORTEST_DEFENCE:
        raise RefusedError("reason_short")
    return True


def check_card(version: ModelVersion) -> None:
    """See that the version has a card with every required part, by the tag that was written when it was registered.

    Raises
    ------
    RefusedError
        `no_card`, `card_incomplete`
    """
    if version.card_missing is None:
        raise RefusedError("no_card")
    if version.card_missing:
        raise RefusedError("card_incomplete", version.card_missing)
