"""From the registry to the page of one version."""

from __future__ import annotations

from sqlalchemy import Connection

from ml.results import NO_GRAPH_TAG
from webapp.models.changes import offer_changes
from webapp.models.forms import ChangeForm
from webapp.models.gates import find_served_file
from webapp.models.history import list_decisions
from webapp.models.listing import find_model
from webapp.models.pages import GonePage, HistoryLine, VersionPage
from webapp.models.queries import ModelVersion
from webapp.models.sentences import say_retired, say_source, say_stage
from webapp.models.views import Reader, find_standing, make_history, make_line, say_missing_file, say_version_worth
from webapp.predictions.live import find_live
from webapp.runs.sentences import say_no_graph

LOOKED_AT = 500
"""Decisions about a model among which those about a version are looked for."""


def show_version(
    conn: Connection, version: ModelVersion, reader: Reader, sent: tuple[str, ChangeForm] | None = None
) -> VersionPage:
    """Lay out one version: what it is, where it stands, and what may be done with it."""
    model, is_ours = find_model(conn, version.name), version.name == reader.spec.name
    standing = find_standing(conn, version.name, model)
    missing = version.is_champion and find_served_file(version, reader.roots) is None
    notes = [say_source(version, reader.spec.name), say_retired(version.retired)]
    notes += [say_missing_file()] if missing and is_ours else []
    notes += [say_no_graph(version.tags.get(NO_GRAPH_TAG, ""))]
    return VersionPage(
        name=version.name,
        version=version.version,
        is_ours=is_ours,
        headline=say_stage(version, is_ours=is_ours),
        line=make_line(version, reader),
        worth=say_version_worth(version, reader.spec, reader.roots, reader.language) if is_ours else None,
        notes=tuple(note for note in notes if note),
        run_name=version.source.name,
        experiment=version.source.experiment,
        status_message=version.status_message,
        updated_at=version.updated_at,
        place=version.place,
        address=f"models:/{version.name}/{version.version}",
        aliases=version.aliases,
        tags=tuple(version.tags.items()),
        history=_find_history(conn, version.name, version.version),
        changes=offer_changes(version, standing, reader.roots, sent) if reader.is_admin else (),
        form=sent[1] if sent else None,
        live=find_live(conn, version, reader.roots) if is_ours else None,
    )


def show_gone(conn: Connection, name: str, version: int) -> GonePage:
    """Say who deleted a version."""
    return GonePage(name, version, _find_history(conn, name, version))


def _find_history(conn: Connection, name: str, version: int) -> tuple[HistoryLine, ...]:
    model = find_model(conn, name)
    decisions = list_decisions(conn, model, LOOKED_AT) if model else ()
    return tuple(make_history(item) for item in decisions if item.version == version)
