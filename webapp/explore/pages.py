"""What `/explore` shows, and the sentences that it opens with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from flask_babel import gettext as _
from flask_babel import ngettext

from ml.charts import Reader, draw_figure
from ml.charts.information import SURE
from ml.exploration import Exploration, NumericDistribution, RawColumn
from webapp.charts.views import FigureView, show_figure
from webapp.formats import decimal, integer, percent

Addresses = Callable[[str], dict[str, str]]
"""Figure name → where its JSON, its CSV and plotly.js are."""


@dataclass(frozen=True)
class Choice:
    """A column that may be picked."""

    name: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class SpellingLine:
    """A raw spelling and what it became; `became` is empty where nothing did."""

    raw: str
    became: str
    cells: str


@dataclass(frozen=True)
class OutlierLine:
    """A value far out."""

    value: str
    rows: str
    rule: str


@dataclass(frozen=True)
class TwinLine:
    """A profile whose rows carry different results."""

    counts: tuple[str, ...]
    cells: tuple[str, ...]


@dataclass(frozen=True)
class ColumnView:
    """The picked column."""

    label: str
    help: str
    why_sensitive: str
    figures: tuple[FigureView, ...]
    says: str
    fences: str
    outliers: tuple[OutlierLine, ...]
    spellings: tuple[SpellingLine, ...]
    spelling_facts: str


@dataclass(frozen=True)
class Findings:
    """The page once there are numbers."""

    heading: str
    lead: tuple[str, ...]
    figures: dict[str, FigureView]
    method: str
    choices: tuple[Choice, ...]
    column: ColumnView
    ceiling: str
    new_rows: str
    class_labels: tuple[str, ...]
    feature_labels: tuple[str, ...]
    twins: tuple[TwinLine, ...]


@dataclass(frozen=True)
class ExplorePage:
    """`/explore`: the findings, or why there are none."""

    state: Literal["ready", "empty", "stale"]
    findings: Findings | None


def show_findings(found: Exploration, reader: Reader, chosen: str, addresses: Addresses) -> Findings:
    """Put the numbers into words, figures and tables; `chosen` is the column to show, else the one that says most."""
    features = reader.spec.feature_names
    column = chosen if chosen in features else found.information[0].column
    drawn = {
        name: show_figure(figure, **addresses(name))
        for name in ("target", "information", "association", "twins", "missing", "cleaning")
        if (figure := draw_figure(name, found, reader))
    }
    return Findings(
        heading=_say_heading(found, reader),
        lead=_say_lead(found, reader),
        figures=drawn,
        method=_say_method(found),
        choices=tuple(Choice(name, reader.label(name), name == column) for name in features),
        column=_show_column(found, reader, column, addresses),
        ceiling=_say_ceiling(found),
        new_rows=_say_new_rows(found),
        class_labels=reader.class_labels,
        feature_labels=tuple(reader.label(name) for name in features),
        twins=_list_twins(found, reader),
    )


def _say_heading(found: Exploration, reader: Reader) -> str:
    first = found.information[0]
    if first.p_adjusted >= SURE:
        return _("No column says more about the result than luck would")
    return _("%(column)s says most about the result", column=reader.label(first.column))


def _say_lead(found: Exploration, reader: Reader) -> tuple[str, ...]:
    first, *rest = found.information
    sentences = [
        _(
            "%(column)s says %(bits)s of the %(all)s bits that it takes to tell one result from another.",
            column=reader.label(first.column), bits=decimal(first.bits, 2), all=decimal(found.target_bits, 2),
        )
    ]  # fmt: skip
    if rest:
        sure = sum(item.p_adjusted < SURE for item in found.information)
        sentences += [
            _("The next column, %(column)s, says %(bits)s.", column=reader.label(rest[0].column),
              bits=decimal(rest[0].bits, 2)),
            ngettext(
                "%(num)s column of %(all)s says more than luck would.",
                "%(num)s columns of %(all)s say more than luck would.",
                sure, all=integer(len(found.information)),
            ),
        ]  # fmt: skip
    return (*sentences, _say_ceiling(found))


def _say_method(found: Exploration) -> str:
    return _(
        "Mutual information in bits. The p-value compares it with %(shuffles)s shuffles of the results (seed %(seed)s);"
        " the mark on each bar is what shuffled results give, up to their 95th percentile. Grey bars do not reach p"
        " below %(sure)s after Holm’s correction over all columns. Numbers are cut at their deciles.",
        shuffles=integer(found.shuffles), seed=found.seed, sure=decimal(SURE, 2),
    )  # fmt: skip


def _say_ceiling(found: Exploration) -> str:
    return _(
        "No rule on these columns can be right on more than %(ceiling)s of these very rows.",
        ceiling=percent(found.repeats.ceiling, 1),
    )


def _say_new_rows(found: Exploration) -> str:
    """What equal rows say of rows not seen yet."""
    repeats = found.repeats
    if repeats.agreement is None:
        return _("No two rows are alike in every column, so they say nothing about how far the columns decide.")
    interval = ""
    if repeats.agreement_low is not None and repeats.agreement_high is not None:
        interval = f" [{percent(repeats.agreement_low)} – {percent(repeats.agreement_high)}]"
    return _(
        "Two rows alike in every column carry the same result %(agreement)s of the time%(interval)s (%(pairs)s pairs);"
        " by Cover and Hart, the best possible rule is then right on between %(low)s and %(high)s of new rows like"
        " them.",
        agreement=percent(repeats.agreement, 1), interval=interval, pairs=integer(repeats.pairs),
        low=percent(repeats.best_low), high=percent(repeats.best_high),
    )  # fmt: skip


def _show_column(found: Exploration, reader: Reader, name: str, addresses: Addresses) -> ColumnView:
    column = next(item for item in reader.spec.features if item.name == name)
    names = (f"by-class.{name}", f"histogram.{name}", f"box.{name}")
    figures = {key: figure for key in names if (figure := draw_figure(key, found, reader))}
    numeric = next((item for item in found.numeric if item.column == name), None)
    raw = next((item for item in found.raw if item.column == name), None)
    return ColumnView(
        label=reader.label_with_unit(name),
        help=column.help.in_language(reader.language) if column.help else "",
        why_sensitive=column.why_sensitive.in_language(reader.language) if column.why_sensitive else "",
        figures=tuple(show_figure(figure, **addresses(key)) for key, figure in figures.items()),
        says=_say_column(found, name),
        fences=_say_fences(numeric, reader) if numeric else "",
        outliers=_list_outliers(numeric, reader) if numeric else (),
        spellings=_list_spellings(raw, reader) if raw else (),
        spelling_facts=_say_spellings(raw) if raw else "",
    )


def _say_column(found: Exploration, name: str) -> str:
    item = next(item for item in found.information if item.column == name)
    return _(
        "It says %(bits)s bits about the result; luck alone says %(chance)s. p = %(p)s, for all columns together"
        " %(adjusted)s.",
        bits=decimal(item.bits, 3), chance=decimal(item.chance, 3), p=decimal(item.p_value, 4),
        adjusted=decimal(item.p_adjusted, 4),
    )  # fmt: skip


def _say_fences(numeric: NumericDistribution, reader: Reader) -> str:
    if numeric.lower_fence is None or numeric.upper_fence is None:
        return _("No value is known.")
    return _(
        "Rows beyond Tukey’s fences (below %(low)s or above %(high)s, 1.5 interquartile ranges from the quartiles):"
        " %(rows)s; they stay in the data. Cells outside the range that the spec allows: %(out)s; they were taken out.",
        rows=integer(numeric.outlying_rows), low=reader.value(numeric.lower_fence),
        high=reader.value(numeric.upper_fence), out=integer(numeric.out_of_range_cells),
    )  # fmt: skip


def _list_outliers(numeric: NumericDistribution, reader: Reader) -> tuple[OutlierLine, ...]:
    rules = {
        "above_fence": _("above the upper fence"),
        "below_fence": _("below the lower fence"),
        "far_above": _("far out: more than 3 interquartile ranges above"),
        "far_below": _("far out: more than 3 interquartile ranges below"),
    }
    return tuple(
        OutlierLine(reader.value(item.value), integer(item.rows), rules[item.rule]) for item in numeric.outliers
    )


def _say_spellings(raw: RawColumn) -> str:
    return _(
        "Raw spellings: %(spellings)s; values that they became: %(values)s. Cells rewritten: %(changed)s; without a"
        " value: %(lost)s; empty: %(empty)s.",
        spellings=integer(raw.spellings), values=integer(raw.values), changed=integer(raw.cells_changed),
        lost=integer(raw.cells_lost), empty=integer(raw.cells_empty),
    )  # fmt: skip


def _list_spellings(raw: RawColumn, reader: Reader) -> tuple[SpellingLine, ...]:
    return tuple(
        SpellingLine(item.raw, "" if item.became is None else reader.category(raw.column, item.became),
                     integer(item.cells))
        for item in raw.commonest
    )  # fmt: skip


def _list_twins(found: Exploration, reader: Reader) -> tuple[TwinLine, ...]:
    names = reader.spec.feature_names
    return tuple(
        TwinLine(
            tuple(integer(count) for count in twins.counts),
            tuple(_write_cell(name, cell, reader) for name, cell in zip(names, twins.cells, strict=True)),
        )
        for twins in found.repeats.largest
    )


def _write_cell(name: str, cell: str | float | None, reader: Reader) -> str:
    if cell is None:
        return "–"
    return reader.value(cell) if isinstance(cell, float) else reader.category(name, cell)
