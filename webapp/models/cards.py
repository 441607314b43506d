"""A version's model card as the worker wrote it."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from flask import url_for
from flask_babel import gettext as _
from pydantic import TypeAdapter, ValidationError

from ml.places import ArtifactRoots
from ml.report.card import ModelCard, describe_card
from ml.report.card.describe import name_parts
from webapp.artifacts import find_artifact, find_artifact_folder
from webapp.models.pages import CardPage, Download
from webapp.models.queries import ModelVersion

__all__ = ["find_card", "name_parts", "show_card"]

FILES = ("model_card.en.html", "model_card.es.html", "model_card.en.md", "model_card.es.md", "model_card.json")


def show_card(version: ModelVersion, roots: ArtifactRoots, language: str) -> CardPage:
    """Tell a version's card in the reader's language, with its files to keep."""
    card = find_card(version.artifact_uri, roots)
    document = describe_card(card, language) if card else None
    folder = find_artifact_folder(version.artifact_uri, roots)
    return CardPage(
        name=version.name,
        version=version.version,
        run_id=version.run_id if version.artifact_uri is not None else None,
        title=document.title if document else _("No model card"),
        is_champion=version.is_champion,
        document=document,
        downloads=tuple(
            Download(name, url_for("runs.artifact", run_id=version.run_id, name=name))
            for name in FILES
            if folder and find_artifact(folder, name)
        ),
    )


def find_card(artifact_uri: str | None, roots: ArtifactRoots) -> ModelCard | None:
    """Read the card among a run's artifacts; None where there is none that this release can read."""
    folder = find_artifact_folder(artifact_uri, roots)
    path = find_artifact(folder, "model_card.json") if folder else None
    return _read(path, path.stat().st_mtime_ns) if path else None


@lru_cache(maxsize=16)
def _read(path: Path, _changed_at: int) -> ModelCard | None:
    try:
        return _cards().validate_json(path.read_bytes())
    except (ValueError, ValidationError):
        return None


@cache
def _cards() -> TypeAdapter[ModelCard]:
    """Built once: pydantic compiles the dataclasses into one validator."""
    return TypeAdapter(ModelCard)
