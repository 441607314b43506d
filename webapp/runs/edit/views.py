"""From the runs that were ticked to what the pages show of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Connection, TableClause, func, select

from ml.charts.axes import isolate
from webapp.artifacts import Here
from webapp.formats import file_size, integer
from webapp.runs.edit.events import cut, list_some, name_some
from webapp.runs.edit.folders import Elsewhere, Nowhere, Places, Refused, find_removable, measure
from webapp.runs.edit.forms import DeleteForm
from webapp.runs.edit.pages import ArchivedPage, DeletePage, EditForms, EditPage, PickedRuns, RunLine
from webapp.runs.edit.protection import find_fed_versions
from webapp.runs.edit.queries import (
    ArchivedRuns,
    Picked,
    PickedRun,
    count_children,
    find_being_deleted,
    list_tag_keys,
)
from webapp.runs.edit.sentences import say_kept, say_phrase, say_why
from webapp.runs.edit.tables import logged_models
from webapp.runs.lines import describe_state
from webapp.store.mlflow_tables import GOING_ON, latest_metrics, params, runs, tags

MOST_SHOWN = 20
MOST_REASONS = 5
LONGEST_ADDRESS = 120


def show_edit(conn: Connection, picked: Picked, back: str, forms: EditForms, problem: str = "") -> EditPage:
    """Make the page on which many runs are changed."""
    archived = len(picked.archived)
    return EditPage(
        headline=_count(len(picked.runs)),
        lead=_say_archived(archived, len(picked.runs)),
        problem=problem,
        picked=show_picked(picked, back),
        forms=forms if picked.runs and not archived else None,
        keys=list_tag_keys(conn, picked.ids) if picked.runs and not archived else (),
        archived=archived,
        active=len(picked.runs) - archived,
    )


def show_picked(picked: Picked, back: str) -> PickedRuns:
    """List the first of the runs, and say how many more there are, and which are gone."""
    more = len(picked.runs) - MOST_SHOWN
    gone = list_some(name_some(picked.gone), len(picked.gone))
    return PickedRuns(
        ids=picked.ids,
        lines=tuple(_make_line(run) for run in picked.runs[:MOST_SHOWN]),
        more=ngettext("and %(num)s more", "and %(num)s more", more) if more > 0 else "",
        gone=_say_gone(gone, len(picked.gone)) if gone else "",
        back=back,
    )


def show_deletion(conn: Connection, picked: Picked, back: str, places: Places, form: DeleteForm) -> DeletePage:
    """Make the page that says what goes with the runs, and asks for what has to be typed."""
    versions = find_fed_versions(conn, picked.ids)
    found = _find_artifacts(conn, picked, places)
    hindrances = []
    if feeding := [str(version) for version in versions if version.roles]:
        hindrances.append(say_why("feeding", feeding))
    if busy := find_being_deleted(conn, picked.ids):
        hindrances.append(say_why("being_deleted", [run.name for run in picked.runs if run.run_id in busy]))
    hindrances += _say_refusals(found)
    return DeletePage(
        headline=ngettext("Delete %(num)s run for good?", "Delete %(num)s runs for good?", len(picked.runs)),
        picked=show_picked(picked, back),
        facts=_list_facts(conn, picked.ids, found),
        notes=_list_notes(conn, picked),
        hindrances=tuple(hindrances),
        versions=versions,
        phrase=say_phrase(len(picked.runs)),
        form=None if hindrances else form,
    )


def show_archived(found: ArchivedRuns, text: str, after: str) -> ArchivedPage:
    """Make the page of archived runs."""

    def link(**query: str) -> str:
        said = urlencode({name: value for name, value in query.items() if value})
        return url_for("runs.archived") + (f"?{said}" if said else "")

    return ArchivedPage(
        headline=_count_archived(found, text),
        rows=found.rows,
        text=text,
        total=found.total,
        back=link(q=text, after=after),
        older=link(q=text, after=found.next) if found.next else "",
        newest=link(q=text) if after else "",
    )


Found = Sequence[tuple[PickedRun, Here | Elsewhere | Nowhere | Refused]]


def _find_artifacts(conn: Connection, picked: Picked, places: Places) -> Found:
    query = select(runs.c.run_uuid, runs.c.artifact_uri).where(runs.c.run_uuid.in_(picked.ids))
    addresses = {row.run_uuid: row.artifact_uri for row in conn.execute(query)}
    return [(run, find_removable(run.run_id, addresses.get(run.run_id), places)) for run in picked.runs]


def _list_facts(conn: Connection, ids: Sequence[str], found: Found) -> tuple[tuple[str, str], ...]:
    def count(table: TableClause) -> str:
        its = select(func.count()).select_from(table).where(table.c.run_uuid.in_(ids))
        return integer(conn.execute(its).scalar_one())

    return (
        (_("Metrics, each with its history"), count(latest_metrics)),
        (_("Parameters"), count(params)),
        (_("Tags"), count(tags)),
        (_("Artifacts"), _say_artifacts(found)),
    )


def _say_artifacts(found: Found) -> str:
    kinds = Counter(type(what) for _run, what in found)
    measured = measure(what.folder for _run, what in found if isinstance(what, Here))
    said = []
    if measured is None:
        said.append(_("more files than were counted"))
    elif kinds[Here]:
        files, size = measured
        said.append(ngettext("%(num)s file, %(size)s", "%(num)s files, %(size)s", files, size=file_size(size)))
    if kinds[Elsewhere]:
        said.append(
            ngettext(
                "those of %(num)s run in an object store", "those of %(num)s runs in an object store", kinds[Elsewhere]
            )
        )
    if kinds[Nowhere]:
        said.append(ngettext("%(num)s run has none here", "%(num)s runs have none here", kinds[Nowhere]))
    return " · ".join(said)


def _say_refusals(found: Found) -> list[str]:
    """Why the artifacts of some runs, and so these runs, are not deleted."""
    refused = [(run, what) for run, what in found if isinstance(what, Refused)]
    said = [
        _(
            "%(run)s: %(reason)s. Leave it out.",
            run=isolate(name_some([run.name])[0]),
            reason=say_kept(what.code, address),
        )
        for run, what in refused[:MOST_REASONS]
        for address in [cut(what.address, LONGEST_ADDRESS)]
    ]
    more = len(refused) - len(said)
    return said + ([ngettext("and %(num)s more like that", "and %(num)s more like that", more)] if more > 0 else [])


def _list_notes(conn: Connection, picked: Picked) -> tuple[str, ...]:
    """What else whoever deletes these runs should know."""
    said = []
    if children := count_children(conn, picked.ids):
        said.append(
            ngettext(
                "%(num)s run was begun within these and is not ticked. It stays.",
                "%(num)s runs were begun within these and are not ticked. They stay.",
                children,
            )
        )
    if running := sum(run.status in GOING_ON for run in picked.runs):
        said.append(
            ngettext(
                "%(num)s of them is still running, as far as MLflow knows. What it writes later is left behind.",
                "%(num)s of them are still running, as far as MLflow knows. What they write later is left behind.",
                running,
            )
        )
    logged = select(func.count()).select_from(logged_models).where(logged_models.c.source_run_id.in_(picked.ids))
    if models := conn.execute(logged).scalar_one():
        said.append(
            ngettext(
                "%(num)s logged model stays: MLflow keeps it apart from its run.",
                "%(num)s logged models stay: MLflow keeps them apart from their runs.",
                models,
            )
        )
    return tuple(said)


def _make_line(run: PickedRun) -> RunLine:
    word, kind = (_("Archived"), "look") if run.is_archived else describe_state(run.status)
    return RunLine(run.run_id, run.name, word, kind, run.started_at)


def _count(count: int) -> str:
    return ngettext("Edit %(num)s run", "Edit %(num)s runs", count) if count else _("No run is ticked")


def _say_archived(archived: int, count: int) -> str:
    if not archived:
        return ""
    if archived < count:
        return ngettext(
            "%(num)s of these runs is archived. Restore it to tag the runs.",
            "%(num)s of these runs are archived. Restore them to tag the runs.",
            archived,
        )
    return ngettext("This run is archived.", "These runs are archived.", count)


def _say_gone(names: str, count: int) -> str:
    return ngettext(
        "This run is gone, and nothing happens to it: %(names)s",
        "These %(num)s runs are gone, and nothing happens to them: %(names)s",
        count,
        names=names,
    )


def _count_archived(found: ArchivedRuns, text: str) -> str:
    if text:
        return _(
            "%(matching)s of %(total)s archived runs", matching=integer(found.matching), total=integer(found.total)
        )
    return ngettext("%(num)s archived run", "%(num)s archived runs", found.total)
