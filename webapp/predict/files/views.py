"""From files and their jobs to their pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Connection

from ml.batch.problems import Problem
from ml.places import ArtifactRoots
from ml.settings import Settings
from ml.spec import Column, DatasetSpec
from webapp.champion import Served
from webapp.formats import any_number, integer, percent
from webapp.jobs.cards import describe_state, make_card
from webapp.jobs.queue import Job
from webapp.jobs.states import State
from webapp.models.queries import find_version
from webapp.models.views import say_version_worth
from webapp.predict.files.actions import Sent, list_refusals
from webapp.predict.files.checks import Look
from webapp.predict.files.forms import FORM_NAMES, FileForm
from webapp.predict.files.pages import (
    FileLine,
    FilePage,
    FilesPage,
    Preview,
    PreviewRow,
    ProblemLine,
    ProblemList,
    WantedColumn,
)
from webapp.predict.files.places import PREVIEW, SUMMARY, days_kept, read_note, result_path
from webapp.predict.files.words import describe_problem, describe_row
from webapp.predictions.values import AnsweredRequest


def show_files(
    served: Served,
    spec: DatasetSpec,
    settings: Settings,
    language: str,
    form: FileForm,
    files: Sequence[Job],
    *,
    refusal: str = "",
    problems: ProblemList | None = None,
) -> FilesPage:
    """The form, what files have to hold, and somebody's last ones."""
    version = served.champion.version if served.champion else None
    roots: ArtifactRoots = settings.artifact_roots
    read = {column.name for column in served.champion.predictor.columns} if served.champion else set()
    return FilesPage(
        form=form if version else None,
        refusal=refusal,
        problems=problems,
        version=version.version if version else None,
        worth=say_version_worth(version, spec, roots, language) if version else None,
        notice=spec.notice.in_language(language),
        columns=tuple(_show_column(column, language) for column in spec.features if column.name in read),
        lines=tuple(_show_line(found) for found in files),
        days=days_kept(settings.prediction_days),
    )


def list_problems(look: Look, sent: Sent) -> ProblemList:
    """What is wrong with a file that was just sent."""
    found = show_problems(*list_refusals(look, sent))
    if look.is_fatal or not look.bad_rows:
        return found
    rows = _("Rows with problems: %(rows)s.", rows=integer(look.bad_rows))
    advice = _("Mend the file and send it again, or have its good rows answered alone.")
    part = "" if look.is_whole else _("Only the beginning of the file was looked at so far.")
    more = " ".join(filter(None, (found.more, rows, advice, part)))
    return ProblemList(found.headline, found.lines, more)


def show_problems(problems: Sequence[Problem], count: int) -> ProblemList:
    """Problems in words, the first of them one by one."""
    left = count - len(problems)
    return ProblemList(
        headline=ngettext("%(num)s problem in the file", "%(num)s problems in the file", count),
        lines=tuple(ProblemLine(describe_row(p), p.column or "", describe_problem(p)) for p in problems),
        more=ngettext("%(num)s more is not listed.", "%(num)s more are not listed.", left) if left > 0 else "",
    )


def lay_out_file(
    conn: Connection, found: Job, settings: Settings, spec: DatasetSpec, language: str, now: int
) -> FilePage:
    """One file, wherever it stands."""
    result = found.result or {}
    form = result.get("form")
    has_result = bool(form) and result_path(settings.data_dir, found.id, str(form)).is_file()
    noted = read_note(settings.data_dir, found.id, SUMMARY)
    version = find_version(conn, found.params["model"], found.params["version"])
    problems = tuple(Problem(**problem) for problem in noted.get("problems", ()))
    return FilePage(
        id=found.id,
        headline=_say_headline(found),
        about=str(found.params.get("about", "")),
        sentence=_say_outcome(found),
        worth=say_version_worth(version, spec, settings.artifact_roots, language) if version else None,
        notice=spec.notice.in_language(language),
        version=found.params["version"],
        card=make_card(conn, found, now, is_admin=False),
        can_cancel=not found.is_finished and not found.cancel_requested,
        download=FORM_NAMES[str(form)] if has_result else "",
        facts=_list_facts(found, spec, language),
        gone="" if has_result or not form else _("The answers are not kept any more. Send the file again."),
        preview=_show_preview(read_note(settings.data_dir, found.id, PREVIEW), spec, language),
        problems=show_problems(problems, noted["problem_count"]) if problems else None,
    )


def note_preview(look: Look, answered: AnsweredRequest) -> dict[str, Any]:
    """What is kept of the first rows and their answers, as long as the result is."""
    rows = [
        {
            "row": number,
            "cells": list(cells.values()),
            "class": row.answer,
            "shares": list(row.shares),
            "set": None if row.set is None else list(row.set),
        }
        for (number, cells), row in zip(look.firsts, answered.rows, strict=True)
    ]
    columns = list(look.firsts[0][1]) if look.firsts else []
    return {"request_id": answered.id, "classes": list(answered.classes), "columns": columns, "rows": rows}


def _say_headline(found: Job) -> str:
    result = found.result or {}
    if found.state is State.DONE and result.get("form"):
        return ngettext("%(num)s row is answered", "%(num)s rows are answered", result["answered"])
    words = {
        State.QUEUED: _("The file waits for its turn"),
        State.RUNNING: _("The file is being answered"),
        State.FAILED: _("The file could not be answered"),
        State.CANCELLED: _("It was cancelled, and nothing is kept of it"),
        State.DONE: _("The file has rows that cannot be answered"),
    }
    return words[found.state]


def _say_outcome(found: Job) -> str:
    result = found.result or {}
    if not result.get("form"):
        return ""
    left = result["rows"] - result["answered"]
    if not left:
        return _("Every row has an answer.")
    return ngettext(
        "%(num)s row has none; the column “problem” says why.",
        "%(num)s rows have none; the column “problem” says why.",
        left,
    )


def _list_facts(found: Job, spec: DatasetSpec, language: str) -> tuple[tuple[str, str], ...]:
    result = found.result or {}
    facts = [(_("File"), str(found.params.get("about", "")))]
    if found.params.get("rows"):
        facts.append((_("Rows"), integer(result.get("rows") or found.params["rows"])))
    total = sum(result.get("classes", {}).values())
    for name, count in result.get("classes", {}).items():
        share = percent(count / total) if total else ""
        facts.append((spec.target.label_of(name, language), f"{integer(count)} ({share})"))
    return tuple(facts)


def _show_preview(noted: dict[str, Any], spec: DatasetSpec, language: str) -> Preview | None:
    if not noted.get("rows"):
        return None
    columns = {column.name: column for column in spec.features}
    classes: list[str] = noted["classes"]
    rows = []
    for row in noted["rows"]:
        labels = [spec.target.label_of(name, language) for name in row["set"] or ()]
        cells = zip(noted["columns"], row["cells"], strict=True)
        rows.append(
            PreviewRow(
                number=integer(row["row"]),
                named=spec.target.label_of(row["class"], language),
                share=row["shares"][classes.index(row["class"])],
                set=", ".join(labels),
                cells=tuple(_say_cell(cell, columns.get(name), language) for name, cell in cells),
            )
        )
    headers = tuple(columns[name].label.in_language(language) if name in columns else name for name in noted["columns"])
    has_sets = any(row["set"] is not None for row in noted["rows"])
    return Preview(headers, tuple(rows), has_sets, noted["request_id"])


def _say_cell(cell: object, column: Column | None, language: str) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, float | int):
        return any_number(float(cell))
    return column.label_of(str(cell), language) if column else str(cell)


def _show_column(column: Column, language: str) -> WantedColumn:
    if column.categories:
        takes = ", ".join(column.categories)
    elif column.low is not None and column.high is not None:
        takes = _("a number from %(low)s to %(high)s", low=any_number(column.low), high=any_number(column.high))
    else:
        takes = _("a number")
    return WantedColumn(column.name, column.label.in_language(language), takes)


def _show_line(found: Job) -> FileLine:
    state, icon = describe_state(found)
    return FileLine(found.id, str(found.params.get("about", "")), state, icon, found.created_at)
