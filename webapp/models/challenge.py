"""Champion and challenger side by side: the answer in words, then scores on the same folds, cost and what differs."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Connection

from ml.examination.comparison import Paired, is_told_apart, metrics_for
from ml.places import ArtifactRoots
from ml.spec import DatasetSpec, Kind
from webapp.compare.ground import find_ground
from webapp.compare.pairs import Pairing, pair_runs
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
from webapp.formats import MISSING, duration, file_size
from webapp.models.gates import find_served_file
from webapp.models.pages import Challenge, MetricLine, SideLine, VersionLine
from webapp.models.queries import ModelVersion
from webapp.runs.queries import RunDetail, find_run
from webapp.runs.reports import RunReport, find_report
from webapp.runs.scores import make_scores
from webapp.scores import Score, describe_metric

FIRST = "accuracy"


def show_challenge(
    conn: Connection,
    versions: tuple[ModelVersion, ModelVersion],
    lines: tuple[VersionLine, VersionLine],
    spec: DatasetSpec,
    roots: ArtifactRoots,
    language: str,
) -> Challenge:
    """Hold the challenger, the second, against the champion, the first."""
    contenders = [find_run(conn, version.run_id) if version.run_id else None for version in versions]
    reports = [find_report(version.artifact_uri, roots) for version in versions]
    known = metrics_for(is_ordinal=spec.target.kind is Kind.ORDINAL)
    pairings = {metric: _pair(contenders, versions, metric, roots) for metric in known}
    runs = [item for item in contenders if item]
    return Challenge(
        headline=_say_headline(pairings[FIRST]),
        sentence=_say(pairings[FIRST]),
        champion=lines[0],
        challenger=lines[1],
        metrics=_show_metrics(pairings, reports, spec, language),
        costs=_show_costs(contenders, versions, roots),
        params=_show_params(*runs) if len(runs) == len(versions) else (),
        compare_href=url_for("compare.runs", run=[run.row.run_id for run in runs]) if len(runs) > 1 else "",
    )


def _pair(
    contenders: list[RunDetail | None], versions: tuple[ModelVersion, ModelVersion], metric: str, roots: ArtifactRoots
) -> Pairing:
    champion, challenger = contenders
    if champion is None or challenger is None:
        return Pairing(None, "no_run")
    if champion.row.run_id == challenger.row.run_id:
        return Pairing(None, "same_run")
    grounds = [find_ground(version.artifact_uri, roots, metric) for version in versions]
    return pair_runs(grounds[0], grounds[1:])[0]


def _show_params(champion: RunDetail, challenger: RunDetail) -> tuple[SideLine, ...]:
    """List the params in which the two differ; of one that only one has, the other's is empty."""
    sides = [dict(side.params) for side in (champion, challenger)]
    values = {name: tuple(side.get(name, "") for side in sides) for name in sorted({*sides[0], *sides[1]})}
    return tuple(SideLine(name, *pair) for name, pair in values.items() if pair[0] != pair[1])


def _show_metrics(
    pairings: dict[str, Pairing], reports: list[RunReport | None], spec: DatasetSpec, language: str
) -> tuple[MetricLine, ...]:
    scores: list[dict[str, Score]] = [
        make_scores(report.evaluation, spec, language) if report else {} for report in reports
    ]
    shown = [metric for metric in pairings if any(metric in side for side in scores)]
    return tuple(_show_metric(metric, scores, pairings[metric].paired) for metric in shown)


def _show_metric(metric: str, scores: list[dict[str, Score]], paired: Paired | None) -> MetricLine:
    name, definition = describe_metric(metric)
    kind, word = judge(metric, paired)
    return MetricLine(
        name=name,
        definition=definition,
        champion=scores[0].get(metric),
        challenger=scores[1].get(metric),
        difference=write_difference(paired) if paired else "",
        p_value=write_p(paired.p_value) if paired else "",
        verdict_kind=kind,
        verdict=word,
    )


def _show_costs(
    contenders: list[RunDetail | None], versions: tuple[ModelVersion, ModelVersion], roots: ArtifactRoots
) -> tuple[SideLine, ...]:
    took = [duration(item.row.duration) if item else MISSING for item in contenders]
    files = [find_served_file(version, roots) for version in versions]
    sizes = [file_size(path.stat().st_size) if path else MISSING for path in files]
    return SideLine(_("Training took"), *took), SideLine(_("Size of the served file"), *sizes)


def _say_headline(found: Pairing) -> str:
    paired, metric = found.paired, within_sentence(FIRST)
    if paired is None:
        return _("The challenger is not tested against the champion")
    if not is_told_apart(paired):
        return _("The challenger is not told from the champion by %(metric)s", metric=metric)
    if is_better(FIRST, paired.mean):
        return _("The challenger is better than the champion by %(metric)s", metric=metric)
    return _("The challenger is worse than the champion by %(metric)s", metric=metric)


def _say(found: Pairing) -> str:
    paired = found.paired
    if paired is None:
        return _("No test is shown: %(why)s", why=_say_why(found.obstacle))
    values = {
        "metric": within_sentence(FIRST),
        "difference": signed(paired.mean),
        "low": signed(paired.low),
        "high": signed(paired.high),
        "p": say_p(paired.p_value),
    }
    if is_told_apart(paired):
        return _(
            "Challenger minus champion in %(metric)s, on the same folds: %(difference)s [%(low)s – %(high)s], %(p)s,"
            " beyond chance.",
            **values,
        )
    return _(
        "Challenger minus champion in %(metric)s, on the same folds: %(difference)s [%(low)s – %(high)s], %(p)s, not"
        " beyond chance.",
        **values,
    )


def _say_why(obstacle: str) -> str:
    words = {
        "no_run": _("the run of one of them was deleted, so its folds are not known."),
        "same_run": _("both were made by the same run."),
    }
    return words[obstacle] if obstacle in words else say_obstacle(obstacle)
