"""From runs of the history to the page that compares them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from ml.examination.comparison import Paired, is_told_apart, metrics_for
from ml.spec import DatasetSpec, Kind
from webapp.compare.pages import Choice
from webapp.compare.pairs import Contender, Pairing, list_different_params, pair_runs
from webapp.compare.sentences import is_better, judge, say_p, signed, within_sentence, write_difference, write_p
from webapp.runs.lines import make_line
from webapp.runs.pages import RunLine
from webapp.runs.queries import RunRow
from webapp.runs.scores import make_scores
from webapp.runs.sentences import describe_family
from webapp.scores import Score, describe_metric


@dataclass(frozen=True)
class RunStanding:
    """A run beside the others. `obstacle` says why it is not tested; the first run has neither."""

    id: str
    title: str
    name: str
    score: Score | None
    difference: str
    p_value: str
    p_holm: str
    verdict_kind: str
    verdict: str
    obstacle: str


@dataclass(frozen=True)
class DifferentParam:
    """A parameter in which the runs differ, with its value in each."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class CompareRunsPage:
    """`/runs/compare`. Without two runs it offers `offered` to tick."""

    headline: str
    sentences: tuple[str, ...]
    metric: str
    choices: tuple[Choice, ...]
    standings: tuple[RunStanding, ...]
    params: tuple[DifferentParam, ...]
    own_params: tuple[DifferentParam, ...]
    """Those that not all of the runs have."""
    chosen: tuple[RunLine, ...]
    offered: tuple[RunLine, ...]


def offer_runs(chosen: Sequence[Contender], offered: Sequence[RunLine]) -> CompareRunsPage:
    """The page before there is anything to compare."""
    ids = {item.run.row.run_id for item in chosen}
    return CompareRunsPage(
        headline=_("Compare runs"),
        sentences=(_("Tick two runs or more. The first is what the others are held against."),),
        metric="",
        choices=(),
        standings=(),
        params=(),
        own_params=(),
        chosen=tuple(make_line(item.run.row) for item in chosen),
        offered=tuple(line for line in offered if line.id not in ids),
    )


def show_compared(runs: Sequence[Contender], metric: str, spec: DatasetSpec, language: str) -> CompareRunsPage:
    """The first run, and each of the others against it."""
    known = metrics_for(is_ordinal=spec.target.kind is Kind.ORDINAL)
    chosen = metric if metric in known else known[0]
    first, *others = runs
    pairings = pair_runs(first, others, chosen)
    names = _name_apart(runs)
    lines = [_stand(first, names[0], chosen, None, spec, language)]
    lines += [
        _stand(run, name, chosen, pairing, spec, language)
        for run, name, pairing in zip(others, names[1:], pairings, strict=True)
    ]
    params = [DifferentParam(name, values) for name, values in list_different_params([item.run for item in runs])]
    said = tuple(_say(name, names[0], chosen, found) for name, found in zip(names[1:], pairings, strict=True))
    return CompareRunsPage(
        headline=_say_headline(names, pairings, chosen),
        sentences=said,
        metric=describe_metric(chosen)[0],
        choices=tuple(
            Choice(
                describe_metric(name)[0],
                url_for("compare.runs", run=[item.run.row.run_id for item in runs], metric=name),
                name == chosen,
            )
            for name in known
        ),
        standings=tuple(lines),
        params=tuple(param for param in params if all(param.values)),
        own_params=tuple(param for param in params if not all(param.values)),
        chosen=(),
        offered=(),
    )


def _stand(
    item: Contender, name: str, metric: str, found: Pairing | None, spec: DatasetSpec, language: str
) -> RunStanding:
    paired = found.paired if found else None
    kind, word = judge(metric, paired)
    scores = make_scores(item.report.evaluation, spec, language, (metric,)) if item.report else {}
    row = item.run.row
    return RunStanding(
        id=row.run_id,
        title=name,
        name=row.name or row.run_id[:8],
        score=scores.get(metric),
        difference=write_difference(paired) if paired else "",
        p_value=write_p(paired.p_value) if paired else "",
        p_holm=write_p(paired.p_holm) if paired else "",
        verdict_kind=kind,
        verdict=word,
        obstacle=say_obstacle(found.obstacle) if found and found.obstacle else "",
    )


def _name_apart(runs: Sequence[Contender]) -> list[str]:
    """Each run by its family where that tells it from the others, else by family and what else its name says."""
    rows = [item.run.row for item in runs]
    families = [row.family for row in rows]
    return [
        describe_family(row.family)
        if row.family and families.count(row.family) == 1
        else f"{describe_family(row.family)} ({_rest_of_name(row)})"
        for row in rows
    ]


def _rest_of_name(row: RunRow) -> str:
    return (row.name or row.run_id[:8]).removeprefix(f"{row.family}-")


def _say_headline(names: Sequence[str], pairings: Sequence[Pairing], metric: str) -> str:
    tested = [
        (name, pairing.paired) for name, pairing in zip(names[1:], pairings, strict=True) if pairing.paired is not None
    ]
    if not tested:
        return _("These runs do not share their folds, so no test is shown")
    if len(tested) == 1:
        return _say_verdict(tested[0][0], names[0], tested[0][1], metric)
    told = sum(is_told_apart(paired) for _name, paired in tested)
    return _(
        "%(told)s of %(all)s runs are told from %(first)s by %(metric)s",
        told=told, all=len(tested), first=names[0], metric=within_sentence(metric),
    )  # fmt: skip


def _say_verdict(second: str, first: str, paired: Paired, metric: str) -> str:
    values = {"second": second, "first": first, "metric": within_sentence(metric)}
    if not is_told_apart(paired):
        return _("%(second)s is not told from %(first)s by %(metric)s", **values)
    if is_better(metric, paired.mean):
        return _("%(second)s is better than %(first)s by %(metric)s", **values)
    return _("%(second)s is worse than %(first)s by %(metric)s", **values)


def _say(name: str, first: str, metric: str, found: Pairing) -> str:
    if found.paired is None:
        return _(
            "%(second)s is not tested against %(first)s: %(why)s",
            second=name, first=first, why=say_obstacle(found.obstacle),
        )  # fmt: skip
    paired = found.paired
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


def say_obstacle(code: str) -> str:
    """Why two runs cannot be tested against each other."""
    words = {
        "no_report": _("one of them left no report of ours, so its folds are not known."),
        "data": _("they saw different data."),
        "classes": _("they tell different classes apart."),
        "rows": _("they were scored on different rows of the same data."),
        "plan": _("their folds or repeats differ in number."),
        "seed": _("their folds were dealt out with different seeds."),
        "columns": _("they read different columns, so other rows count as identical and the folds differ."),
        "unknown": _("an older Proctor did not note the folds of one of them; train it again."),
        "metric": _("one of them was not scored by this metric."),
    }
    return words[code]
