"""The whole table: match the headers, clean the cells, leave out what has no label, count everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ml.clean.headers import Headers, match_headers
from ml.clean.repeats import find_repeats
from ml.results import CleaningReport, Count, Rejection
from ml.spec import Column, DatasetSpec, Kind, strip_cell
from ml.spec.cells import Cell, cell_cleaner

_NOT_UNDERSTOOD = {"unknown_category", "not_a_number", "out_of_range"}


@dataclass(frozen=True)
class CleanedTable:
    """What cleaning hands on; the frames must not be changed."""

    table: pd.DataFrame
    """The target and the features in the order of the spec; text or None, numbers or NaN; index from 0."""
    report: CleaningReport
    rejected: pd.DataFrame
    """`row` (from 1 after the header), `reason`, `detail`, and the raw cells of the rows left out."""


def clean_records(raw: pd.DataFrame, spec: DatasetSpec) -> CleanedTable:
    """Return the clean table that the text in `raw` stands for; nothing is guessed and no missing feature filled.

    Raises
    ------
    SourceError
        Where a column of the spec is not there or there twice. Whatever the cells hold is no error.
    """
    headers = match_headers([str(header) for header in raw.columns], spec)
    texts = {name: _texts(raw, header) for name, header in headers.raw_of.items()}
    cells = {column.name: _clean_column(texts[column.name], column, spec) for column in spec.columns}
    labels = cells[spec.target.name]
    rejections = _reject(labels, texts[spec.target.name])
    kept = [at for at, label in enumerate(labels) if label.value is not None]
    table = _build_table(cells, kept, spec)
    report = _report(table, cells, texts, rejections, headers)
    return CleanedTable(table, report, _rejected_rows(raw, rejections))


def _texts(raw: pd.DataFrame, header: str) -> list[str]:
    return [cell if isinstance(cell, str) else "" if pd.isna(cell) else str(cell) for cell in raw[header].tolist()]


def _clean_column(texts: Sequence[str], column: Column, spec: DatasetSpec) -> list[Cell]:
    clean = cell_cleaner(column, spec.null_words)
    by_text = {text: clean(text) for text in set(texts)}
    return [by_text[text] for text in texts]


def _reject(labels: Sequence[Cell], texts: Sequence[str]) -> tuple[Rejection, ...]:
    return tuple(
        Rejection(row, "unknown_label" if label.missing in _NOT_UNDERSTOOD else "missing_label", text)
        for row, (label, text) in enumerate(zip(labels, texts, strict=True), start=1)
        if label.value is None
    )


def _build_table(cells: dict[str, list[Cell]], kept: Sequence[int], spec: DatasetSpec) -> pd.DataFrame:
    return pd.DataFrame(
        {
            column.name: pd.Series(
                [cells[column.name][at].value for at in kept],
                dtype="float64" if column.kind is Kind.NUMERIC else object,
            )
            for column in spec.columns
        }
    )


def _rejected_rows(raw: pd.DataFrame, rejections: Sequence[Rejection]) -> pd.DataFrame:
    cells = raw.iloc[[rejection.row - 1 for rejection in rejections]].reset_index(drop=True)
    described = {
        "row": [rejection.row for rejection in rejections],
        "reason": [rejection.reason for rejection in rejections],
        "detail": [rejection.detail for rejection in rejections],
    }
    return pd.concat([pd.DataFrame(described, dtype=object), cells], axis="columns")


def _report(
    table: pd.DataFrame,
    cells: dict[str, list[Cell]],
    texts: dict[str, list[str]],
    rejections: tuple[Rejection, ...],
    headers: Headers,
) -> CleaningReport:
    raw_rows = list(zip(*texts.values(), strict=True))
    left_out = {rejection.row - 1 for rejection in rejections}
    kept = [at for at in range(len(raw_rows)) if at not in left_out]
    groups = [[kept[at] for at in group] for group in find_repeats(table)]
    return CleaningReport(
        raw_rows=len(raw_rows),
        clean_rows=len(table),
        rejected=rejections,
        changes=_count(cells, "changes", range(len(raw_rows))),
        missing=_count(cells, "missing", kept),
        renamed_columns=headers.renamed,
        dropped_columns=headers.dropped,
        repeated_rows=sum(len(group) - 1 for group in groups),
        disguised_repeats=sum(_count_disguised([raw_rows[at] for at in group]) for group in groups),
        repeat_groups=tuple(tuple(at + 1 for at in group) for group in groups),
        unknown_values=_count_unknown(cells, texts),
    )


def _count(cells: dict[str, list[Cell]], attribute: str, rows: Sequence[int]) -> tuple[Count, ...]:
    return tuple(
        Count(what, name, count)
        for name, column in cells.items()
        for what, count in sorted(Counter(getattr(column[at], attribute) for at in rows).items())
        if what
    )


def _count_disguised(group: Sequence[tuple[str, ...]]) -> int:
    """Count the rows whose text no earlier row of the group has; the first is no repeat."""
    return len(set(group)) - 1


def _count_unknown(cells: dict[str, list[Cell]], texts: dict[str, list[str]]) -> dict[str, dict[str, int]]:
    found = {}
    for name, column in cells.items():
        counts = Counter(
            strip_cell(text) for text, cell in zip(texts[name], column, strict=True) if cell.missing in _NOT_UNDERSTOOD
        )
        if counts:
            found[name] = dict(counts.most_common())
    return found
