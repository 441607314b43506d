"""From where a run's files lie and what they hold to what pages show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Connection

from ml.places import LAST_PARTS
from ml.settings import Settings
from webapp.artifacts import Here, Missing, Remote, locate_artifacts
from webapp.files.pages import Crumb, Fetching, FileLine, FilePage, FilesView, FolderLine, FolderPage, LookedPlace
from webapp.files.previews import LARGEST_READ, Facts, Page, Picture, Preview, Table, Text
from webapp.files.queries import find_fetching
from webapp.files.tree import MOST_SHOWN, Branch, Tree, read_tree, say_name
from webapp.formats import file_size, integer
from webapp.jobs.cards import describe_failure
from webapp.jobs.queue import Job
from webapp.runs.queries import RunDetail
from webapp.store.mlflow_tables import GOING_ON

MEGABYTE = 1_000_000
SHOWN_ON_THE_RUN = 200
"""Files in the tree on a run's own page; the page of its files shows more."""


def show_files(conn: Connection, found: RunDetail, settings: Settings, most: int = SHOWN_ON_THE_RUN) -> FilesView:
    """Show a run's files as a tree, or say where they were looked for."""
    view = _show_place(found, settings, most)
    job = find_fetching(conn, found.row.run_id) if view.is_remote else None
    return replace(view, fetching=_show_fetching(job)) if job else view


def _show_place(found: RunDetail, settings: Settings, most: int) -> FilesView:
    run_id, address = found.row.run_id, found.artifact_uri or ""
    whole = url_for("runs.files", run_id=run_id) if most < MOST_SHOWN else ""
    is_going = found.row.status in GOING_ON
    match locate_artifacts(found.artifact_uri, settings.artifact_roots):
        case Here(folder, fetched_at):
            tree = read_tree(folder, most=most)
            if is_going and not tree.root.files:
                return _show_none_yet(run_id)
            view = show_tree(run_id, tree, settings.artifact_limit_mb, whole)
            return replace(view, fetched_at=fetched_at, is_remote=fetched_at is not None, address=address)
        case Remote():
            sentence = _("They lie elsewhere, and have not been fetched yet.")
            return FilesView(run_id, sentence, address=address, is_remote=True)
        case Missing() as missing:
            return show_missing(run_id, missing, is_going=is_going)


def _show_none_yet(run_id: str) -> FilesView:
    return FilesView(run_id, _("There are none yet. By its state the run has not ended, so some may follow."))


def show_tree(run_id: str, tree: Tree, limit_mb: int, href: str = "") -> FilesView:
    """Show files that lie here; `href` leads to where more of them are shown."""
    root = tree.root
    if not root.files:
        return FilesView(run_id, _("The run left no files."))
    count = ngettext("%(num)s file", "%(num)s files", root.files)
    total = f"{count}, {file_size(root.size)}"
    is_small = root.size <= limit_mb * MEGABYTE and tree.is_whole
    return FilesView(
        run_id,
        "",
        root=replace(_show_folder(run_id, root), href=href),
        total=total if tree.is_whole else _("more than %(files)s", files=total),
        zip_href=url_for("runs.zip_all", run_id=run_id) if is_small else "",
        zip_refusal="" if is_small else describe_zip_refusal(limit_mb),
    )


def describe_zip_refusal(limit_mb: int) -> str:
    """Why there is no archive of all files."""
    return _(
        "Too much for one zip file: it is made of %(limit)s MB at most (PROCTOR_ARTIFACT_LIMIT_MB) and of 50,000 files."
        " Download what you need, or copy the folder on the server.",
        limit=integer(limit_mb),
    )


def show_missing(run_id: str, missing: Missing, *, is_going: bool = False) -> FilesView:
    """Say where files were looked for, and what to set so that they are found.

    A run that is going on has no folder before its first file: where all that could be one was looked into, it has
    none yet.
    """
    address = missing.address
    if not address:
        return FilesView(run_id, _("The run names no place for its files."))
    if is_going and missing.looked and all(item.outcome == "absent" for item in missing.looked):
        return _show_none_yet(run_id)
    words = {
        "absent": _("no folder there that can be read"),
        "outside": _("outside of the folders that the settings allow, so nobody looked"),
    }
    parts = address.split("/")
    has_usual_end = parts[-1] == "artifacts" and len(parts) > LAST_PARTS
    base = _find_base(parts) if has_usual_end else address
    may_allow = has_usual_end and any(item.outcome == "outside" for item in missing.looked)
    return FilesView(
        run_id,
        _("No files of this run were found. It may have written none yet, or they lie elsewhere.")
        if is_going
        else _("No files of this run were found. It may have left none, or they were moved."),
        address=address,
        looked=tuple(LookedPlace(say_name(item.place), words[item.outcome]) for item in missing.looked),
        advice=_(
            "If they lie there still, whoever runs this site can allow that folder; if elsewhere, name the new one:"
        )
        if may_allow
        else _("If they lie elsewhere now, whoever runs this site can say where:"),
        setting=f"PROCTOR_ARTIFACT_MAP={base}={base if may_allow else '/the/new/folder'}",
    )


def _find_base(parts: Sequence[str]) -> str:
    """Say what to allow: no more than an experiment's own folder, but all of MLflow's, which go by numbers."""
    last = LAST_PARTS if parts[-LAST_PARTS].isdigit() else LAST_PARTS - 1
    return "/".join(parts[:-last]) or "/"


def _show_fetching(job: Job) -> Fetching:
    href = url_for("overview.index", _anchor="jobs")
    if not job.is_finished:
        return Fetching(job.number, href, "")
    return Fetching(0, href, describe_failure(job.failure) if job.failure else "")


def _show_folder(run_id: str, branch: Branch) -> FolderLine:
    return FolderLine(
        name=branch.name,
        href=_file_href(run_id, branch.path) if branch.path else "",
        files=branch.files,
        size=branch.size,
        folders=tuple(_show_folder(run_id, folder) for folder in branch.branches),
        lines=tuple(FileLine(leaf.name, _file_href(run_id, leaf.path), leaf.size) for leaf in branch.leaves),
        hidden=branch.hidden,
    )


def _file_href(run_id: str, path: str | None) -> str:
    return url_for("runs.file", run_id=run_id, name=path) if path else ""


def show_folder(conn: Connection, found: RunDetail, settings: Settings) -> FolderPage:
    """Make the page of all files of a run."""
    return FolderPage(_("Artifacts"), _crumbs(found, ""), show_files(conn, found, settings, MOST_SHOWN))


def show_subfolder(found: RunDetail, folder: Path, name: str, limit_mb: int) -> FolderPage:
    """Make the page of one folder among a run's files."""
    files = show_tree(found.row.run_id, read_tree(folder, f"{name.strip('/')}/"), limit_mb)
    return FolderPage(say_name(folder.name), _crumbs(found, name), replace(files, zip_href="", zip_refusal=""))


def show_file(found: RunDetail, name: str, facts: Facts, preview: Preview) -> FilePage:
    """Make the page of one file."""
    run_id = found.row.run_id
    page = FilePage(
        title=say_name(name.rpartition("/")[2]),
        crumbs=_crumbs(found, name),
        facts=facts,
        kind=_("Binary file"),
        download_href=url_for("runs.artifact", run_id=run_id, name=name),
    )
    match preview:
        case Text():
            return replace(page, kind=_say_text(preview), text=preview.text, note=_say_cut(preview))
        case Table():
            kind = _("Table, %(encoding)s", encoding=preview.encoding)
            return replace(page, kind=kind, table=preview, note=_say_left_out(preview))
        case Picture(media_type):
            return replace(page, kind=media_type, picture_href=url_for("runs.picture", run_id=run_id, name=name))
        case Page(source, is_framed):
            frame = url_for("runs.frame", run_id=run_id, name=name) if is_framed else ""
            return replace(page, kind="HTML", frame_href=frame, text=source.text, note=_say_cut(source))
    return replace(page, note=_("Nothing can be shown of a file like this. Download it to look into it."))


def _say_text(text: Text) -> str:
    return _("Text, %(encoding)s", encoding=text.encoding)


def _say_cut(text: Text) -> str:
    if not text.is_cut:
        return ""
    return _("Only the first %(size)s are shown.", size=file_size(LARGEST_READ)) + " " + _("The download is whole.")


def _say_left_out(table: Table) -> str:
    sentences = []
    if table.more_rows is None:
        sentences.append(_("More rows follow, which nobody counted."))
    elif table.more_rows:
        sentences.append(ngettext("%(num)s more row follows.", "%(num)s more rows follow.", table.more_rows))
    if table.more_columns:
        sentences.append(ngettext("%(num)s more column.", "%(num)s more columns.", table.more_columns))
    return " ".join([*sentences, _("The download is whole.")] if sentences else [])


def _crumbs(found: RunDetail, name: str) -> tuple[Crumb, ...]:
    """The way to a file, without itself."""
    run_id = found.row.run_id
    way = [
        Crumb(_("Runs"), url_for("runs.index")),
        Crumb(found.row.name or run_id[:8], url_for("runs.show", run_id=run_id)),
    ]
    parts = [part for part in name.split("/") if part]
    if parts:
        way.append(Crumb(_("Artifacts"), url_for("runs.files", run_id=run_id)))
    steps = ("/".join(parts[:length]) for length in range(1, len(parts)))
    way += [Crumb(say_name(step.rpartition("/")[2]), _file_href(run_id, step)) for step in steps]
    return tuple(way)
