"""From a run's histories to what its page shows of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Connection

from ml.charts.history import draw_history
from ml.charts.reader import Reader
from ml.histories import Curve
from webapp.charts.bundle import plotly_url
from webapp.charts.views import FigureView, show_figure
from webapp.formats import integer
from webapp.runs.histories.asked import CurvesAsked, Picker, list_pickers
from webapp.runs.histories.notes import say_note, say_weight
from webapp.runs.histories.queries import find_curve, list_curve_keys
from webapp.runs.pickers import Choice

FIRST = 6
"""Curves that are drawn before anybody asks."""
ANCHOR = "histories"


@dataclass(frozen=True)
class CurveView:
    """A curve and what is to be known of how it is drawn."""

    key: str
    figure: FigureView
    note: str


@dataclass(frozen=True)
class HistoriesView:
    """The curves of a run; `others` are those that are not drawn."""

    point: str
    pickers: tuple[Picker, ...]
    smoothing: str
    prefixes: tuple[Choice, ...]
    curves: tuple[CurveView, ...]
    others: tuple[Choice, ...]


def show_histories(conn: Connection, run_id: str, asked: CurvesAsked, reader: Reader) -> HistoriesView | None:
    """Lay out the first curves, or those that are asked for; None where no metric has more than one value."""
    keys = list_curve_keys(conn, run_id)
    if not keys:
        return None

    def link(other: CurvesAsked) -> str:
        return url_for("runs.show", run_id=run_id, _anchor=ANCHOR, **other.to_arguments())

    prefixes = list_prefixes(keys)
    prefix = asked.prefix if asked.prefix in prefixes else None
    offered = [key for key in keys if prefix is None or split_prefix(key) == prefix]
    drawn = [key for key in asked.keys if key in keys] or offered[:FIRST]
    curves = (find_curve(conn, run_id, key, asked.across, asked.weight) for key in drawn)
    return HistoriesView(
        point=_say_point(len(drawn), len(keys)),
        pickers=list_pickers(asked, link),
        smoothing=say_weight(asked),
        prefixes=_offer_prefixes(prefixes, prefix, asked, link) if len(keys) > FIRST else (),
        curves=tuple(show_curve(curve, run_id, asked, reader) for curve in curves if curve),
        others=tuple(
            Choice(key, link(replace(asked, keys=(key,))), is_chosen=False) for key in offered if key not in drawn
        ),
    )


def show_curve(curve: Curve, run_id: str, asked: CurvesAsked, reader: Reader) -> CurveView:
    """Draw one curve with its note."""
    figure = draw_history(curve, asked.axes, reader)
    drawing = {name: value for name, value in asked.to_arguments().items() if name not in {"prefix", "curve"}}
    view = show_figure(
        figure,
        json_url=url_for("histories.figure_json", run_id=run_id, key=curve.key, **drawing),
        csv_url=url_for("histories.values_csv", run_id=run_id, key=curve.key),
        plotly_url=plotly_url(),
    )
    return CurveView(curve.key, view, say_note(curve, asked))


def list_prefixes(keys: Sequence[str]) -> dict[str, int]:
    """Count the metrics under each prefix, the part before the first slash; those without one come first."""
    return dict(sorted(Counter(split_prefix(key) for key in keys).items()))


def split_prefix(key: str) -> str:
    """The part of a metric's name before its first slash, with the slash; empty where there is none."""
    before, slash, _after = key.partition("/")
    return before + slash if slash else ""


def _offer_prefixes(
    found: dict[str, int], chosen: str | None, asked: CurvesAsked, link: Callable[[CurvesAsked], str]
) -> tuple[Choice, ...]:
    named = {name: count for name, count in found.items() if name}
    if not named or len(found) == 1:
        return ()
    everything = Choice(_("All"), link(replace(asked, prefix=None, keys=())), chosen is None)
    return (
        everything,
        *(
            Choice(f"{name} ({integer(count)})", link(replace(asked, prefix=name, keys=())), name == chosen)
            for name, count in named.items()
        ),
    )


def _say_point(drawn: int, count: int) -> str:
    if drawn == count:
        return ngettext(
            "%(count)s metric was logged more than once.",
            "%(count)s metrics were logged more than once.",
            count,
            count=integer(count),
        )
    return _("%(drawn)s of %(all)s metrics that were logged more than once.", drawn=drawn, all=integer(count))
