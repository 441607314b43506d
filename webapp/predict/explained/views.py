"""From a champion and a row to its explanation in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import ngettext

from ml.examination.people import FEWEST
from ml.serve.contract import Cell
from ml.spec import Column, DatasetSpec, Kind
from webapp.formats import integer, percent
from webapp.predict.explained.findings import Findings, find_out
from webapp.predict.explained.pages import (
    AlikeGroup,
    AlikeLine,
    AlikeView,
    ChangeLine,
    ColumnChanges,
    Explained,
    Push,
    PushLine,
    Reached,
    Way,
    WhatIfView,
    WhyView,
)
from webapp.predict.explained.sentences import say_cell, say_class, say_group, say_interval, say_points

if TYPE_CHECKING:
    from ml.serve.alike import Alike, Group
    from ml.serve.explain import Why
    from ml.serve.predictor import Predictor
    from ml.serve.training_rows import TrainingRows
    from ml.serve.whatif import Change, Outcome, Reach, Search

SMALLEST = 0.0005
"""A push of less than a twentieth of a point is not drawn."""
HALF = 100.0


@dataclass(frozen=True)
class Asked:
    """A row that a predictor answers, and in which words."""

    predictor: Predictor
    row: Mapping[str, Cell]
    spec: DatasetSpec
    language: str

    @property
    def columns(self) -> tuple[Column, ...]:
        """The spec's columns in the predictor's order."""
        by_name = {column.name: column for column in self.spec.features}
        return tuple(by_name[column.name] for column in self.predictor.columns)

    def label(self, place: int) -> str:
        """How a page calls the column at `place`."""
        return self.columns[place].label.in_language(self.language)

    def value(self, place: int) -> str:
        """What the row has in the column at `place`."""
        column = self.columns[place]
        return say_cell(self.row[column.name], column, self.language)

    def option(self, change: Change) -> str:
        """What the row would have."""
        column = self.columns[change.column]
        cell = change.cell if column.kind is Kind.NUMERIC else column.categories[int(change.cell)]
        return say_cell(cell, column, self.language)

    def class_name(self, place: int) -> str:
        """How a page calls the class at `place`."""
        return say_class(place, self.spec, self.language)


def explain_row(asked: Asked, rows: TrainingRows | None, *, with_sensitive: bool) -> Explained:
    """Work out all three parts, and put them into words."""
    found = find_out(asked.predictor, asked.row, asked.spec, rows, with_sensitive=with_sensitive)
    return Explained(
        why=_show_why(found.why, asked) if found.why else None,
        whatif=_show_changes(found, asked, with_sensitive=with_sensitive),
        alike=_show_alike(found.alike, asked) if found.alike else None,
    )


# ── why ──────────────────────────────────────────────────────────────────────
def _show_why(why: Why, asked: Asked) -> WhyView:
    named = int(asked.predictor.decision.decide(why.answer[None])[0])
    pushes = why.pushes[:, named].tolist()
    order = sorted(range(len(pushes)), key=lambda place: -abs(pushes[place]))
    drawn = [place for place in order if abs(pushes[place]) >= SMALLEST]
    longest = max((abs(pushes[place]) for place in drawn), default=1.0)
    return WhyView(
        lead=_(
            "How many points each answer adds to the share of %(label)s, or takes from it, on the way from %(base)s,"
            " its mean over the %(rows)s that the model learnt from, to %(share)s.",
            label=asked.class_name(named),
            base=percent(why.base[named]),
            rows=asked.spec.row_noun_plural.in_language(asked.language),
            share=percent(why.answer[named]),
        ),
        pushes=tuple(_draw(place, pushes[place], longest, asked) for place in drawn),
        rest=_say_rest([asked.label(place) for place in order if place not in drawn]),
        error=_say_error(max(why.errors[:, named].tolist())) if why.errors is not None else "",
        classes=tuple(asked.class_name(place) for place in range(len(why.base))),
        base=tuple(percent(share) for share in why.base.tolist()),
        lines=tuple(
            PushLine(asked.label(place), asked.value(place), tuple(map(say_points, why.pushes[place].tolist())))
            for place in order
        ),
        answer=tuple(percent(share) for share in why.answer.tolist()),
    )


def _draw(place: int, push: float, longest: float, asked: Asked) -> Push:
    width = round(abs(push) / longest * HALF, 1)
    start = HALF if push > 0 else round(HALF - width, 1)
    return Push(asked.label(place), asked.value(place), say_points(push), start, width, is_up=push > 0)


def _say_rest(labels: Sequence[str]) -> str:
    return _("No part in it: %(labels)s.", labels=", ".join(labels)) if labels else ""


def _say_error(error: float) -> str:
    return _(
        "The model has too many columns to try every combination: these are means over random ones, each right to"
        " within %(points)s points or so.",
        points=say_points(2 * error).lstrip("+"),
    )


# ── what if ──────────────────────────────────────────────────────────────────
def _show_changes(found: Findings, asked: Asked, *, with_sensitive: bool) -> WhatIfView:
    now, outcomes, search = found.now, found.outcomes, found.search
    share = float(found.shares[now])
    return WhatIfView(
        named=asked.class_name(now),
        share=percent(share),
        lead=_count_others(outcomes, now),
        columns=tuple(
            ColumnChanges(
                label=asked.label(place),
                now=asked.value(place),
                is_sensitive=place in found.sensitive,
                lines=tuple(
                    _show_change(outcome, now, share, asked)
                    for outcome in outcomes
                    if outcome.changes[0].column == place
                ),
            )
            for place in range(len(asked.columns))
            if any(option.column == place for option in found.options)
        ),
        reached=tuple(_show_reach(reach, search, asked) for reach in search.reaches),
        sensitive=", ".join(map(asked.label, found.sensitive)),
        with_sensitive=with_sensitive,
    )


def _count_others(outcomes: Sequence[Outcome], now: int) -> str:
    others = sum(outcome.place != now for outcome in outcomes)
    return ngettext(
        "Of the %(total)s ways to change a single answer, one leads to another class.",
        "Of the %(total)s ways to change a single answer, %(num)s lead to another class.",
        others,
        total=integer(len(outcomes)),
    )


def _show_change(outcome: Outcome, now: int, share: float, asked: Asked) -> ChangeLine:
    shares = outcome.shares.tolist()
    rival = max((place for place in range(len(shares)) if place != now), key=shares.__getitem__)
    return ChangeLine(
        value=asked.option(outcome.changes[0]),
        named=asked.class_name(outcome.place),
        is_other=outcome.place != now,
        share=percent(shares[now]),
        points=say_points(shares[now] - share),
        rival=asked.class_name(rival),
        rival_share=percent(shares[rival]),
    )


def _show_reach(reach: Reach, search: Search, asked: Asked) -> Reached:
    ways = tuple(
        Way(
            steps=tuple((asked.label(change.column), asked.option(change)) for change in way.changes),
            share=percent(float(way.shares[reach.place])),
        )
        for way in reach.ways
    )
    more = reach.found - len(ways)
    return Reached(
        name=asked.class_name(reach.place),
        ways=ways,
        more=ngettext("and one more way as short", "and %(num)s more ways as short", more) if more else "",
        none="" if ways else _say_none(search),
    )


def _say_none(search: Search) -> str:
    if not search.tried:
        return _("There is no answer that may be changed.")
    if not search.is_whole:
        return _(
            "Not found among the %(tried)s likeliest combinations of up to %(num)s changes.",
            tried=integer(search.tried),
            num=search.changed,
        )
    return ngettext("No single change leads there.", "No %(num)s changes lead there, nor fewer.", search.changed)


# ── like this one ────────────────────────────────────────────────────────────
def _show_alike(alike: Alike, asked: Asked) -> AlikeView:
    are_words = all(column.kind is not Kind.NUMERIC for column in asked.columns)
    groups = tuple(_show_group(group, alike.everybody, asked, are_words=are_words) for group in alike.groups)
    return AlikeView(groups, tuple(_note_alike(alike, asked, are_words=are_words)))


def _show_group(group: Group, everybody: Group, asked: Asked, *, are_words: bool) -> AlikeGroup:
    lines = tuple(
        AlikeLine(
            name=asked.class_name(place),
            count=integer(count),
            share=percent(count / group.rows),
            interval=say_interval(*group.interval(place)),
            everybody=percent(everybody.counts[place] / everybody.rows),
        )
        for place, count in reversed(list(enumerate(group.counts)))
    )
    return AlikeGroup(say_group(group.rows, group.distance, asked.spec, asked.language, are_words=are_words), lines)


def _note_alike(alike: Alike, asked: Asked, *, are_words: bool) -> list[str]:
    noun = asked.spec.row_noun_plural.in_language(asked.language)
    notes = []
    if not alike.groups:
        notes.append(_("The model learnt from too few %(rows)s to count those that are like this one.", rows=noun))
    elif alike.groups[0].distance:
        notes.append(
            _(
                "Fewer than %(few)s %(rows)s had exactly these values. What became of so few is not shown, so that"
                " nobody can be looked up here.",
                few=FEWEST,
                rows=noun,
            )
        )
    if not are_words:
        notes.append(
            _("Numbers differ by their distance as a share of the range of all rows; other words, by the whole range.")
        )
    if alike.is_sample:
        notes.append(_("Counted in a sample of %(num)s %(rows)s.", num=integer(alike.everybody.rows), rows=noun))
    return notes
