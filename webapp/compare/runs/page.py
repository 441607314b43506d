"""The page that compares runs: its tabs, and the one that the address asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext

from ml.charts.reader import Reader
from ml.places import ArtifactRoots
from webapp.compare.curves import ComparedCurves, read_overlay, show_curves
from webapp.compare.runs.asked import FEW, Asked, Links
from webapp.compare.runs.differences import DifferencesView, show_differences
from webapp.compare.runs.figures import show_chart
from webapp.compare.runs.groups import show_groups
from webapp.compare.runs.held_against import TestsView, show_tests
from webapp.compare.runs.names import RunName, name_apart
from webapp.compare.runs.queries import SHORT, Chosen, Missing, RunFacts
from webapp.compare.runs.reports import show_reports
from webapp.compare.runs.sheet import Sheet, make_sheet
from webapp.formats import integer
from webapp.runs.lines import make_line
from webapp.runs.pages import RunLine
from webapp.runs.pickers import Choice
from webapp.store.session import reading

MOST_NAMED = 5
"""Ids that a notice spells out."""


@dataclass(frozen=True)
class SideBySide:
    """What stands first: the test where there are few, and what was different."""

    tests: TestsView | None
    differences: DifferencesView


@dataclass(frozen=True)
class CompareRunsPage:
    """`/runs/compare`. `part` names the template that shows `view`; without two runs it offers some to tick."""

    headline: str
    sentences: tuple[str, ...]
    notices: tuple[str, ...]
    tabs: tuple[Choice, ...]
    part: str
    view: object
    runs: str
    """What `runs=` says in an address of the same runs."""
    chosen: tuple[RunLine, ...] = ()
    offered: tuple[RunLine, ...] = ()


@dataclass(frozen=True)
class Place:
    """What the parts of the page are made from."""

    sheet: Sheet
    names: tuple[RunName, ...]
    asked: Asked
    links: Links
    reader: Reader
    roots: ArtifactRoots

    @property
    def runs(self) -> tuple[RunFacts, ...]:
        """The runs, in the order of the address."""
        return self.sheet.runs


def offer_runs(found: Chosen, offered: Sequence[RunLine]) -> CompareRunsPage:
    """The page before there is anything to compare."""
    ids = {run.row.run_id for run in found.runs}
    return CompareRunsPage(
        headline=_("Compare runs"),
        sentences=(_("Tick two runs or more. The first is what the others are held against."),),
        notices=say_missing(found.missing),
        tabs=(),
        part="offer",
        view=None,
        runs="",
        chosen=tuple(make_line(run.row) for run in found.runs),
        offered=tuple(line for line in offered if line.id not in ids),
    )


def show_compared(found: Chosen, asked: Asked, links: Links, reader: Reader, roots: ArtifactRoots) -> CompareRunsPage:
    """The tab that the address asks for, the first where it asks for none that there is."""
    place = Place(make_sheet(found.runs), name_apart(found.runs), asked, links, reader, roots)
    tabs = _list_tabs(few=len(found.runs) <= FEW)
    chosen = asked.word("view") if asked.word("view") in tabs else ""
    part, show = _PARTS[chosen]
    view = show(place)
    headline, sentences = _say(view, place)
    return CompareRunsPage(
        headline=headline,
        sentences=sentences,
        notices=say_missing(found.missing),
        tabs=tuple(Choice(label, links.to({"view": name}), name == chosen) for name, label in tabs.items()),
        part=part,
        view=view,
        runs=links.runs,
    )


def say_missing(missing: Sequence[Missing]) -> tuple[str, ...]:
    """Which of the runs that were asked for are not here, and why."""
    words = {
        "gone": _("No such run: %(ids)s."),
        "deleted": _("Deleted: %(ids)s."),
        "unclear": _("More than one run begins so, write more of the id: %(ids)s."),
    }
    said = []
    for reason, words_of_it in words.items():
        refs = [item.ref[: 4 * SHORT] for item in missing if item.reason == reason]
        if refs:
            rest = len(refs) - MOST_NAMED
            more = ngettext("and %(num)s more", "and %(num)s more", rest) if rest > 0 else ""
            said.append(words_of_it % {"ids": ", ".join([*refs[:MOST_NAMED], *filter(None, [more])])})
    return tuple(said)


def _list_tabs(*, few: bool) -> dict[str, str]:
    """Address and name of each tab."""
    tests = {} if few else {"tests": _("Tests")}
    return (
        {"": _("Side by side") if few else _("What was different")}
        | tests
        | {
            "curves": _("Curves"),
            "scatter": _("Scatter"),
            "parallel": _("Parallel coordinates"),
            "contour": _("Contour"),
            "groups": _("Groups"),
            "reports": _("Classes"),
        }
    )


def _show_side_by_side(place: Place) -> SideBySide:
    tests = _show_tests(place) if len(place.runs) <= FEW else None
    return SideBySide(tests, show_differences(place.sheet, place.names, place.asked, place.links))


def _show_tests(place: Place) -> TestsView:
    return show_tests(place.runs, place.names, place.asked, place.links, place.reader, place.roots)


def _show_curves(place: Place) -> ComparedCurves | None:
    return show_curves(reading(), [run.row for run in place.runs], read_overlay(request.args), place.links)


def _chart(name: str) -> tuple[str, Callable[[Place], object]]:
    def show(place: Place) -> object:
        return show_chart(name, place.sheet, place.names, place.asked, place.links, place.reader)

    return "chart", show


_PARTS: dict[str, tuple[str, Callable[[Place], object]]] = {
    "": ("side_by_side", _show_side_by_side),
    "tests": ("tests", _show_tests),
    "curves": ("curves", _show_curves),
    "scatter": _chart("scatter"),
    "parallel": _chart("parallel"),
    "contour": _chart("contour"),
    "groups": ("groups", lambda p: show_groups(p.sheet, p.names, p.asked, p.links, p.reader)),
    "reports": ("reports", lambda p: show_reports(p.runs, p.names, p.reader, p.roots)),
}


def _say(view: object, place: Place) -> tuple[str, tuple[str, ...]]:
    """The page's first line: what the test says where there is one, else how many runs are compared."""
    tests = view.tests if isinstance(view, SideBySide) else view if isinstance(view, TestsView) else None
    if tests:
        return tests.headline, tests.sentences
    sentence = view.differences.sentence if isinstance(view, SideBySide) else ""
    return _("%(num)s runs compared", num=integer(len(place.runs))), (sentence,) if sentence else ()
