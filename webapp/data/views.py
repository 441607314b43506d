"""From the store to what `/data` shows."""

from __future__ import annotations

from pathlib import Path

from flask_babel import gettext as _
from sqlalchemy import Connection

from ml.results import CleaningReport, Count
from ml.spec import Column, DatasetSpec
from webapp.clock import now_ms
from webapp.data.files import find_file
from webapp.data.pages import (
    BeforeAfter,
    CleaningView,
    ColumnChanges,
    ColumnLine,
    DataPage,
    Reason,
    RejectedLine,
)
from webapp.data.queries import Preparation, find_preparation
from webapp.data.words import (
    describe_change,
    describe_column_kind,
    describe_missing,
    describe_origin,
    describe_rejection,
    list_values,
    say_cleaning,
    say_heading,
    say_origin,
    say_repeats,
)
from webapp.formats import MISSING, integer
from webapp.jobs.cards import JobCard, make_card
from webapp.jobs.queue import list_unfinished_jobs

MOST_ROWS = 50
MOST_GROUPS = 40
MOST_VALUES = 8


def show_data(conn: Connection, spec: DatasetSpec, data_dir: Path, language: str, *, is_admin: bool) -> DataPage:
    """Say what we are looking at, where it is from and what cleaning changed."""
    found = find_preparation(conn, spec.name)
    jobs = _list_preparations(conn, is_admin=is_admin)
    columns = tuple(_show_column(column, spec, language) for column in spec.columns)
    title = spec.title.in_language(language)
    if found is None:
        return DataPage(
            state="preparing" if jobs else "empty",
            title=title, heading=title, lead=(), origin=None, origin_name="", prepared_at=None, is_stand_in=False,
            source=spec.source, cleaning=None, has_clean_file=False, has_rejected_file=False,
            columns=columns, jobs=jobs,
        )  # fmt: skip
    origin, report = found.dataset.origin, found.cleaning
    is_stale = report is None or found.spec_sha256 != spec.sha256
    return DataPage(
        state="stale" if is_stale else "ready",
        title=title,
        heading=say_heading(spec, found.dataset.rows, origin, language),
        lead=(say_origin(spec, origin, language), *((say_cleaning(report),) if report else ())),
        origin=origin,
        origin_name=describe_origin(origin),
        prepared_at=found.dataset.prepared_at,
        is_stand_in=origin.kind == "stand_in",
        source=spec.source,
        cleaning=_show_cleaning(report, spec, language) if report else None,
        has_clean_file=_has_file(found, "clean", data_dir),
        has_rejected_file=_has_file(found, "rejected", data_dir),
        columns=columns,
        jobs=jobs,
    )


def _has_file(found: Preparation, which: str, data_dir: Path) -> bool:
    return find_file(found, which, data_dir) is not None


def _list_preparations(conn: Connection, *, is_admin: bool) -> tuple[JobCard, ...]:
    unfinished = [job for job in list_unfinished_jobs(conn) if job.kind == "prepare"]
    return tuple(make_card(conn, job, now_ms(), is_admin=is_admin) for job in unfinished)


def _show_column(column: Column, spec: DatasetSpec, language: str) -> ColumnLine:
    return ColumnLine(
        name=column.name,
        label=column.label.in_language(language),
        kind=describe_column_kind(column),
        values=list_values(column, language),
        help=column.help.in_language(language) if column.help else "",
        why_sensitive=column.why_sensitive.in_language(language) if column.why_sensitive else "",
        is_target=column is spec.target,
    )


def _show_cleaning(report: CleaningReport, spec: DatasetSpec, language: str) -> CleaningView:
    changed = (_show_changes(report, column, language) for column in spec.columns)
    rejected = report.rejected[:MOST_ROWS]
    return CleaningView(
        comparison=_compare(report, spec),
        columns=tuple(
            line for line in changed if line.corrected or line.missing or line.read_from or line.not_understood
        ),
        dropped=tuple(report.dropped_columns),
        rejected=tuple(RejectedLine(item.row, describe_rejection(item.reason), item.detail) for item in rejected),
        rejected_more=len(report.rejected) - len(rejected),
        repeats=say_repeats(report),
        repeat_groups=report.repeat_groups[:MOST_GROUPS],
        repeat_groups_more=max(0, len(report.repeat_groups) - MOST_GROUPS),
    )


def _compare(report: CleaningReport, spec: DatasetSpec) -> tuple[BeforeAfter, ...]:
    corrected = sum(count.cells for count in report.changes)
    columns = len(spec.columns)
    return (
        BeforeAfter(_("Rows"), integer(report.raw_rows), integer(report.clean_rows)),
        BeforeAfter(_("Columns"), integer(columns + len(report.dropped_columns)), integer(columns)),
        BeforeAfter(_("Cells not spelled as the spec spells them"), integer(corrected), integer(0)),
        BeforeAfter(_("Missing cells, result apart"), MISSING, integer(sum(count.cells for count in report.missing))),
        BeforeAfter(_("Rows that repeat another"), MISSING, integer(report.repeated_rows)),
    )


def _show_changes(report: CleaningReport, column: Column, language: str) -> ColumnChanges:
    raw = {name: header for header, name in report.renamed_columns.items()}
    values = list(report.unknown_values.get(column.name, {}).items())
    return ColumnChanges(
        label=column.label.in_language(language),
        name=column.name,
        read_from=raw.get(column.name, ""),
        corrected=tuple(Reason(describe_change(item.what), item.cells) for item in _of(report.changes, column)),
        missing=tuple(Reason(describe_missing(item.what), item.cells) for item in _of(report.missing, column)),
        not_understood=tuple(values[:MOST_VALUES]),
        not_understood_more=max(0, len(values) - MOST_VALUES),
    )


def _of(counts: tuple[Count, ...], column: Column) -> list[Count]:
    return sorted((count for count in counts if count.column == column.name), key=lambda count: -count.cells)
