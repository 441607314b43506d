"""From the runs that are compared to their curves, laid over each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Connection

from ml.charts.axes import Axes
from ml.charts.direction import find_direction
from ml.charts.figure import Figure
from ml.charts.overlay import can_be_log, draw_groups, draw_overlay
from ml.charts.reader import Reader
from ml.overlays import Strand
from webapp.charts.bundle import plotly_url
from webapp.charts.views import FigureView, make_reader, show_figure
from webapp.compare.curves.asked import ARGUMENTS, Grouping, OverlayAsked
from webapp.compare.curves.queries import (
    NamedRun,
    count_values,
    find_best_step,
    find_strands,
    list_groupings,
    list_shared_keys,
)
from webapp.compare.runs.asked import Links
from webapp.current import current_spec
from webapp.formats import integer
from webapp.rendering import language
from webapp.runs.histories.asked import Question, list_questions
from webapp.runs.histories.notes import say_left_out, say_scale, say_weight
from webapp.runs.pickers import Option
from webapp.store.answers import find_answer


@dataclass(frozen=True)
class Field:
    """A choice in a form."""

    name: str
    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class ComparedCurves:
    """The curves of the runs that are compared; `kept` are the page's other arguments, which the form hands on."""

    fields: tuple[Field, ...]
    kept: tuple[tuple[str, str], ...]
    figure: FigureView
    note: str


@dataclass(frozen=True)
class Overlay:
    """The figure, and what is to be known of how it is drawn."""

    figure: Figure
    note: str


def show_curves(conn: Connection, runs: Sequence[NamedRun], asked: OverlayAsked, links: Links) -> ComparedCurves | None:
    """Lay the runs' curves of one metric over each other; None where no metric of theirs has more than one value.

    The answer is shown by `compare/runs/curves.html`, on a page that loads `charts.mjs`.
    """
    ids = [run.run_id for run in runs]
    keys = list_shared_keys(conn, ids)
    if not keys:
        return None
    asked = asked if asked.key in dict(keys) else replace(asked, key=keys[0][0])
    overlay = draw(conn, runs, asked, make_reader(current_spec(), language()))
    if overlay is None:
        return None
    return ComparedCurves(
        fields=_list_fields(asked, keys, len(runs), list_groupings(conn, ids)),
        kept=tuple((name, value) for name, value in request.args.items(multi=True) if name not in ARGUMENTS),
        figure=show_figure(
            overlay.figure,
            json_url=links.to(asked.to_arguments(), "compare_curves.figure_json"),
            csv_url=links.to({"key": asked.key}, "compare_curves.values_csv"),
            plotly_url=plotly_url(),
        ),
        note=overlay.note,
    )


def draw(conn: Connection, runs: Sequence[NamedRun], asked: OverlayAsked, reader: Reader) -> Overlay | None:
    """Draw one metric of the runs; None where none of them has it."""
    drawing = asked.drawing
    strands, is_thinned = _find_strands(conn, runs, asked)
    if not strands:
        return None
    axes = Axes(drawing.across, drawing.is_log and can_be_log(strands))
    if asked.grouping:
        figure = draw_groups(asked.key, strands, axes, reader)
    else:
        best = _find_best(conn, asked.key, strands)
        figure = draw_overlay(asked.key, strands, axes, reader, weight=drawing.weight, best=best)
    return Overlay(figure, _say_note(strands, len(runs), asked, is_thinned=is_thinned))


def _find_strands(conn: Connection, runs: Sequence[NamedRun], asked: OverlayAsked) -> tuple[tuple[Strand, ...], bool]:
    """Find the histories once for the page and for the figure that it then asks for.

    A value that is logged behind the last step of its metric changes nothing but how many there are.
    """
    ids, across = tuple(run.run_id for run in runs), asked.drawing.across
    question = "curves", ids, asked.key, across, asked.grouping, count_values(conn, ids, asked.key)
    return find_answer(conn, question, lambda: find_strands(conn, runs, asked.key, across, asked.grouping))


def _find_best(conn: Connection, key: str, strands: Sequence[Strand]) -> tuple[int, str] | None:
    """The step of the best value of all, and the name of its run, where the metric's name tells what is best."""
    direction = find_direction(key)
    ends = [(item.lowest if direction == "lower" else item.highest, item) for item in strands]
    known = [(end, item) for end, item in ends if end is not None]
    if direction == "unknown" or not known:
        return None
    pick = min if direction == "lower" else max
    value, strand = pick(known, key=lambda pair: pair[0])
    step = find_best_step(conn, strand.run_id, key, value)
    return None if step is None else (step, strand.name)


def _list_fields(
    asked: OverlayAsked, keys: Sequence[tuple[str, int]], runs: int, groupings: Sequence[Grouping]
) -> tuple[Field, ...]:
    metric = tuple(Option(key, _say_key(key, count, runs), key == asked.key) for key, count in keys)
    fields = [Field("key", _("Metric"), metric), *(_field(item) for item in list_questions(asked.drawing))]
    if groupings:
        everything = Option("", _("Every run"), asked.grouping is None)
        offered = [Option(item.name, item.name, item == asked.grouping) for item in groupings]
        fields.append(Field("by", _("Mean of runs with the same"), (everything, *offered)))
    return tuple(fields)


def _say_key(key: str, count: int, runs: int) -> str:
    if count == runs:
        return key
    return ngettext(
        "%(metric)s (%(count)s run)", "%(metric)s (%(count)s runs)", count, metric=key, count=integer(count)
    )


def _field(item: Question) -> Field:
    options = (
        Option(str(other.asked.to_arguments()[item.argument] or ""), other.label, other.is_chosen)
        for other in item.alternatives
    )
    return Field(item.argument, item.label, tuple(options))


def _say_note(strands: Sequence[Strand], runs: int, asked: OverlayAsked, *, is_thinned: bool) -> str:
    """How many values of how many runs are drawn how, and what is left out."""
    count = sum(strand.count for strand in strands)
    said = [
        _("%(count)s values of %(runs)s of %(all)s runs.", count=integer(count), runs=integer(len(strands)),
          all=integer(runs))
    ]  # fmt: skip
    if asked.grouping:
        said.append(_("Lines are means of the runs of a group, bands one standard deviation to either side."))
    elif asked.drawing.weight:
        said.append(say_weight(asked.drawing))
    elif is_thinned:
        said.append(_("Drawn is the lowest and highest of each stretch."))
    if is_thinned and (asked.grouping or asked.drawing.weight):
        said.append(_("They go through the mean of each stretch."))
    nans, infinities = sum(item.nans for item in strands), sum(item.infinities for item in strands)
    said += say_left_out(nans, infinities)
    lowest = min((strand.lowest for strand in strands if strand.lowest is not None), default=None)
    return " ".join([*said, *say_scale(lowest, asked.drawing)])
