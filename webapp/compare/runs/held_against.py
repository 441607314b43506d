"""Each run held against the first: the paired test where they share their folds, the reason where they do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from ml.charts.reader import Reader
from ml.examination.comparison import Paired, is_told_apart, metrics_for
from ml.places import ArtifactRoots
from ml.results import LOWER_IS_BETTER
from ml.spec import Kind
from webapp.compare.ground import Ground, find_ground
from webapp.compare.pairs import Pairing, pair_runs
from webapp.compare.runs.asked import FEW, Asked, Links
from webapp.compare.runs.names import RunName
from webapp.compare.runs.queries import RunFacts
from webapp.compare.sentences import (
    is_better,
    judge,
    say_obstacle,
    say_p,
    signed,
    within_sentence,
    write_difference,
    write_p,
)
from webapp.formats import integer
from webapp.runs.lines import make_row_score
from webapp.runs.pickers import Choice
from webapp.runs.queries import RunRow
from webapp.scores import Company, Score, describe_metric, make_score

MOST_LINES = 50
"""Tests that a page lists; all of them count for Holm."""


@dataclass(frozen=True)
class Standing:
    """A run beside the others. `obstacle` says why it is not tested; the first run has neither."""

    run: RunName
    score: Score | None
    difference: str
    p_value: str
    p_holm: str
    verdict_kind: str
    verdict: str
    obstacle: str


@dataclass(frozen=True)
class TestsView:
    """The table of tests. `left_out` is how many runs it does not list."""

    headline: str
    sentences: tuple[str, ...]
    metric: str
    choices: tuple[Choice, ...]
    standings: tuple[Standing, ...]
    left_out: int


@dataclass(frozen=True)
class Tested:
    """Runs with their grounds and what the test found of each, the first run being the one held against."""

    metric: str
    names: tuple[RunName, ...]
    grounds: tuple[Ground | None, ...]
    pairings: tuple[Pairing, ...]


def show_tests(
    runs: Sequence[RunFacts], names: Sequence[RunName], asked: Asked, links: Links, reader: Reader, roots: ArtifactRoots
) -> TestsView:
    """Hold each run against the first by one metric."""
    known = metrics_for(is_ordinal=reader.spec.target.kind is Kind.ORDINAL)
    metric = asked.word("metric") if asked.word("metric") in known else known[0]
    grounds = tuple(find_ground(run.artifact_uri, roots, metric) for run in runs)
    found = Tested(metric, tuple(names), grounds, pair_runs(grounds[0], grounds[1:]))
    shown = _pick(found)
    return TestsView(
        headline=_say_headline(found),
        sentences=_list_sentences(found),
        metric=describe_metric(metric)[0],
        choices=tuple(
            Choice(describe_metric(name)[0], links.to({"metric": name, "view": asked.word("view")}), name == metric)
            for name in known
        ),
        standings=tuple(_stand(found, place, _find_score(found, place, runs[place].row, reader)) for place in shown),
        left_out=len(runs) - len(shown),
    )


def _pick(found: Tested) -> list[int]:
    """The first run, then the others: as they come where they are few, else the tested ones, the best on top."""
    others = list(range(1, len(found.names)))
    if len(found.names) > FEW:
        sign = 1 if found.metric in LOWER_IS_BETTER else -1
        means = {place: paired.mean for place in others if (paired := found.pairings[place - 1].paired)}
        others = sorted(others, key=lambda place: (place not in means, sign * means.get(place, 0.0)))
    return [0, *others[:MOST_LINES]]


def _stand(found: Tested, place: int, score: Score | None) -> Standing:
    pairing = found.pairings[place - 1] if place else Pairing(None)
    paired = pairing.paired
    kind, word = judge(found.metric, paired)
    return Standing(
        run=found.names[place],
        score=score,
        difference=write_difference(paired) if paired else "",
        p_value=write_p(paired.p_value) if paired else "",
        p_holm=write_p(paired.p_holm) if paired else "",
        verdict_kind=kind,
        verdict=word,
        obstacle=say_obstacle(pairing.obstacle) if pairing.obstacle else "",
    )


def _find_score(found: Tested, place: int, row: RunRow, reader: Reader) -> Score | None:
    """Return what a run's report says, else the accuracy that was logged with its company."""
    reported = _make_score(found.metric, found.grounds[place], reader)
    if reported is None and found.metric == "accuracy" and None not in {row.accuracy, row.prior_accuracy}:
        return make_row_score(row)
    return reported


def _make_score(metric: str, ground: Ground | None, reader: Reader) -> Score | None:
    if ground is None or ground.score is None or ground.prior is None or ground.single is None:
        return None
    labels = {column.name: column.label.in_language(reader.language) for column in reader.spec.features}
    column = labels.get(ground.single.detail, ground.single.detail)
    score = ground.score
    return make_score(metric, score.mean, Company(score.low, score.high, ground.prior.mean, ground.single.mean, column))


def _say_headline(found: Tested) -> str:
    tested = _list_tested(found)
    first = found.names[0].title
    if not tested:
        return _("These runs do not share their folds, so no test is shown")
    if len(tested) == 1:
        return _say_verdict(tested[0][0], first, tested[0][1], found.metric)
    told = sum(is_told_apart(paired) for _name, paired in tested)
    return _(
        "%(told)s of %(all)s runs are told from %(first)s by %(metric)s",
        told=told, all=len(tested), first=first, metric=within_sentence(found.metric),
    )  # fmt: skip


def _list_tested(found: Tested) -> list[tuple[str, Paired]]:
    pairs = zip(found.names[1:], found.pairings, strict=True)
    return [(name.title, pairing.paired) for name, pairing in pairs if pairing.paired is not None]


def _list_sentences(found: Tested) -> tuple[str, ...]:
    """One for each run where they are few, else how many could be tested and why the others could not."""
    first = found.names[0].title
    if len(found.names) <= FEW:
        return (*_list_results(found, first), *_list_obstacles(found, first))
    tested, all_others = len(_list_tested(found)), len(found.pairings)
    said = [
        _(
            "%(tested)s of %(all)s could be tested against %(first)s; Holm’s correction counts them all.",
            tested=integer(tested), all=integer(all_others), first=first,
        )
    ]  # fmt: skip
    reasons = Counter(pairing.obstacle for pairing in found.pairings if pairing.obstacle)
    for code, count in reasons.most_common():
        said.append(ngettext("%(num)s was not: %(why)s", "%(num)s were not: %(why)s", count, why=say_obstacle(code)))
    return tuple(said)


def _list_results(found: Tested, first: str) -> list[str]:
    return [_say_result(name, first, found.metric, paired) for name, paired in _list_tested(found)]


def _list_obstacles(found: Tested, first: str) -> list[str]:
    """Say each reason once, with the run that it is true of or how many those are."""
    names: dict[str, list[str]] = {}
    for name, pairing in zip(found.names[1:], found.pairings, strict=True):
        if pairing.obstacle:
            names.setdefault(pairing.obstacle, []).append(name.title)
    return [
        ngettext(
            "%(second)s is not tested against %(first)s: %(why)s",
            "%(num)s runs are not tested against %(first)s: %(why)s",
            len(those), second=those[0], first=first, why=say_obstacle(code),
        )
        for code, those in names.items()
    ]  # fmt: skip


def _say_verdict(second: str, first: str, paired: Paired, metric: str) -> str:
    values = {"second": second, "first": first, "metric": within_sentence(metric)}
    if not is_told_apart(paired):
        return _("%(second)s is not told from %(first)s by %(metric)s", **values)
    if is_better(metric, paired.mean):
        return _("%(second)s is better than %(first)s by %(metric)s", **values)
    return _("%(second)s is worse than %(first)s by %(metric)s", **values)


def _say_result(name: str, first: str, metric: str, paired: Paired) -> str:
    values = {
        "second": name, "first": first, "metric": within_sentence(metric), "difference": signed(paired.mean),
        "low": signed(paired.low), "high": signed(paired.high), "p": say_p(paired.p_holm),
    }  # fmt: skip
    if is_told_apart(paired):
        return _(
            "%(second)s minus %(first)s in %(metric)s: %(difference)s [%(low)s – %(high)s], %(p)s, beyond chance.",
            **values,
        )
    return _(
        "%(second)s minus %(first)s in %(metric)s: %(difference)s [%(low)s – %(high)s], %(p)s, not beyond chance.",
        **values,
    )
