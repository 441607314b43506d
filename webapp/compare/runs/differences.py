"""What was different between runs: a table with the runs across or, at will, down; and the same to keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from flask_babel import ngettext

from ml.charts.figure import write_csv as to_csv
from webapp.compare.runs.asked import Asked, Links
from webapp.compare.runs.cells import LONGEST, Cell, write_cells
from webapp.compare.runs.names import RunName
from webapp.compare.runs.sheet import Column, Kind, Sheet, Value
from webapp.formats import integer

MOST_CELLS = 30_000
"""Cells on a page: more make it slow to load and to scroll; the file has them all."""
FEWEST_LINES = 20
MOST_LETTERS = 200_000
"""Letters of long texts that a page holds whole."""


@dataclass(frozen=True)
class Line:
    """A thing that runs logged, and its cell for each run."""

    name: str
    title: str
    """The whole name where it was cut, or what a metric means."""
    is_number: bool
    is_figure: bool
    """Whether it came out of the run: beside settings, which differ in kind from line to line, numbers stand left."""
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Part:
    """The lines of one kind."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class DifferencesView:
    """The table. `rows` has the cells of each run in turn where it is transposed."""

    sentence: str
    notes: tuple[str, ...]
    parts: tuple[Part, ...]
    names: tuple[RunName, ...]
    rows: tuple[tuple[RunName, tuple[tuple[bool, Cell], ...]], ...]
    is_transposed: bool
    is_whole: bool
    turn: str
    whole: str
    csv_url: str


def show_differences(sheet: Sheet, names: Sequence[RunName], asked: Asked, links: Links) -> DifferencesView:
    """Lay out the columns in which the runs differ, or all of them where that is asked."""
    is_whole, is_transposed = asked.is_set("all"), asked.is_set("transpose")
    columns = pick_columns(sheet, is_whole=is_whole)
    room = max(FEWEST_LINES, MOST_CELLS // len(sheet.runs))
    parts = _make_parts(sheet, columns[:room])
    lines = [line for part in parts for line in part.lines]
    turned = zip(names, zip(*(line.cells for line in lines), strict=True), strict=False) if is_transposed else ()
    here = {"all": "1" if is_whole else "", "transpose": "1" if is_transposed else ""}
    return DifferencesView(
        sentence=_say(sheet, columns, is_whole=is_whole),
        notes=_list_notes(sheet, columns, room, is_whole=is_whole),
        parts=parts,
        names=tuple(names),
        rows=tuple(
            (name, tuple((line.is_number, cell) for line, cell in zip(lines, cells, strict=True)))
            for name, cells in turned
        ),
        is_transposed=is_transposed,
        is_whole=is_whole,
        turn=links.to(here | {"transpose": "" if is_transposed else "1"}),
        whole=links.to(here | {"all": "" if is_whole else "1"}),
        csv_url=links.to(here, "compare.table_csv"),
    )


def pick_columns(sheet: Sheet, *, is_whole: bool) -> tuple[Column, ...]:
    """Those that differ, without what stands beside metrics; or all."""
    if is_whole:
        return sheet.columns
    return tuple(column for column in sheet.columns if column.differs and column.kind is not Kind.COMPANY)


def write_csv(sheet: Sheet, names: Sequence[RunName], asked: Asked) -> str:
    """Write the table as its view asks, every value in full; what was not logged is left empty."""
    columns = pick_columns(sheet, is_whole=asked.is_set("all"))
    rows: list[tuple[Value, ...]] = [("run", "id", *(column.code for column in columns))]
    rows += [(name.name, name.id, *(column.values[place] for column in columns)) for place, name in enumerate(names)]
    return to_csv(rows if asked.is_set("transpose") else list(zip(*rows, strict=True)))


def _make_parts(sheet: Sheet, columns: Sequence[Column]) -> tuple[Part, ...]:
    words = {
        Kind.PARAM: _("Params"),
        Kind.METRIC: _("Metrics"),
        Kind.COMPANY: _("Intervals, baselines, training rows"),
        Kind.ATTRIBUTE: _("Attributes"),
        Kind.TAG: _("Tags"),
    }
    letters = 0
    parts = []
    for kind, word in words.items():
        lines = []
        for column in columns:
            if column.kind is kind:
                line = _make_line(sheet, column)
                letters += sum(len(cell.whole) for cell in line.cells)
                lines.append(line if letters <= MOST_LETTERS else _cut(line))
        if lines:
            parts.append(Part(word, tuple(lines)))
    return tuple(parts)


def _make_line(sheet: Sheet, column: Column) -> Line:
    name = column.label
    return Line(
        name=name if len(name) <= LONGEST else name[:LONGEST] + "…",
        title=column.label[: LONGEST * 10] if len(name) > LONGEST else "",
        is_number=column.is_numeric,
        is_figure=column.is_metric,
        cells=write_cells(column, _find_halves(sheet, column)),
    )


def _cut(line: Line) -> Line:
    """Leave out the whole of long texts."""
    return replace(line, cells=tuple(replace(cell, kind="", whole="") if cell.whole else cell for cell in line.cells))


def _find_halves(sheet: Sheet, column: Column) -> tuple[float | None, ...]:
    """Half of each run's interval of a metric."""
    low, high = (sheet.find(f"{column.code}_{end}") for end in ("low", "high"))
    if column.kind is not Kind.METRIC or low is None or high is None:
        return ()
    return tuple(
        None if start is None or end is None else (end - start) / 2
        for start, end in zip(low.numbers, high.numbers, strict=True)
    )


def _say(sheet: Sheet, columns: Sequence[Column], *, is_whole: bool) -> str:
    if is_whole:
        return ngettext(
            "All that the runs logged: %(num)s line.", "All that the runs logged: %(num)s lines.", len(columns)
        )
    return _(
        "The runs differ in %(different)s of %(all)s things that they logged.",
        different=integer(len(columns)), all=integer(sum(c.kind is not Kind.COMPANY for c in sheet.columns)),
    )  # fmt: skip


def _list_notes(sheet: Sheet, columns: Sequence[Column], room: int, *, is_whole: bool) -> tuple[str, ...]:
    notes = []
    if len(columns) > room:
        words = _("Shown are the first %(room)s of %(all)s lines; the file has them all.")
        notes.append(words % {"room": integer(room), "all": integer(len(columns))})
    if any(column.kind is Kind.METRIC for column in columns):
        notes.append(
            _(
                "The best of a metric is bold where it is known which way is better; only a test says whether it is so"
                " beyond chance. ± is half an interval (95 %)."
            )
        )
    if any(None in column.values for column in columns):
        notes.append(_("A dash is what a run did not log, which is not the same as an empty text."))
    beside = sum(column.kind is Kind.COMPANY and column.differs for column in sheet.columns)
    if beside and not is_whole:
        notes.append(
            ngettext(
                "%(num)s figure that stands beside these (ends of intervals, baselines, training rows) is left out.",
                "%(num)s figures that stand beside these (ends of intervals, baselines, training rows) are left out.",
                beside,
            )
        )
    return tuple(notes)
